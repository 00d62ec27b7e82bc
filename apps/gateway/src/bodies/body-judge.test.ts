// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { parseRequest } from '@countersign/kube';
import { TOKEN_PREFIX } from '@countersign/mask';
import type { Asker } from '../apart/fair-thread.ts';
import { countTurns, longestTurnMs } from '../count-turns-for-tests.ts';
import { Fault } from '../faults.ts';
import { BodyJudge } from './body-judge.ts';
import { type BodyQuestion, type BodyVerdict, judgeBody } from './judge-body.ts';
import { normalDigest } from './normal-body.ts';

const SECRETS = '/api/v1/namespaces/demo/secrets';
const LARGE = 'x'.repeat(100_000);
const ASKER: Asker = { agent: 'a', signal: new AbortController().signal, spendMs() {} };

function question(method: string, target: string, body: string, contentType = 'application/json'): BodyQuestion {
  return { request: parseRequest(method, target), contentType, bytes: Buffer.from(body), isReview: false };
}

const create = (members: object) =>
  question('POST', SECRETS, JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, ...members }));

const labels = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key-${at}`, LARGE.slice(0, 60)]));

/** Bodies that are too large to be judged where they came in. */
const QUESTIONS: Readonly<Record<string, () => BodyQuestion>> = {
  'a Secret': () => create({ data: { a: LARGE } }),
  'what has a mask in it': () => create({ stringData: { a: LARGE, b: `${TOKEN_PREFIX}secret-abc` } }),
  'what names another object than its path': () =>
    question('PUT', `${SECRETS}/b`, JSON.stringify({ metadata: { name: 'a' }, data: { a: LARGE } })),
  'what is no JSON': () => question('POST', SECRETS, `{"a":"${LARGE}"`),
  'what repeats a member': () => question('POST', SECRETS, `{"a":"${LARGE}","a":1}`),
  'what has more labels than rules look at': () => create({ metadata: { name: 'a', labels: labels(3_000) } }),
  'what has labels': () => create({ metadata: { name: 'a', labels: labels(1_000) } }),
  'a JSON patch that reads a masked value': () =>
    question(
      'PATCH',
      `${SECRETS}/a`,
      JSON.stringify([{ op: 'test', path: '/data/a', value: LARGE }]),
      'application/json-patch+json',
    ),
  'a delete, dry': () =>
    question('DELETE', `${SECRETS}/a`, JSON.stringify({ kind: 'DeleteOptions', dryRun: ['All'], a: LARGE })),
  'what is almost all space': () =>
    question('PATCH', `${SECRETS}/a`, `{${' '.repeat(50_000)}}`, 'application/merge-patch+json'),
  'a form that is not taken': () => question('POST', SECRETS, LARGE, 'application/yaml'),
};

/** Bytes are the same whatever holds them. */
function plain(verdict: BodyVerdict): unknown {
  if (verdict.kind === 'refused') return verdict;
  const { bytes, written, ...body } = verdict.body;
  const packed = written && Buffer.from(written.packed).toString('hex');
  return { ...verdict, body: { ...body, bytes: Buffer.from(bytes).toString(), written: { ...written, packed } } };
}

describe('BodyJudge', () => {
  const judge = new BodyJudge();
  after(() => judge.close());

  for (const [name, ask] of Object.entries(QUESTIONS)) {
    it(`says of ${name} in its thread what is said in place`, async () => {
      const asked = judge.judge(ask(), ASKER);
      assert.ok(asked instanceof Promise);
      assert.deepEqual(plain(await asked), plain(judgeBody(ask())));
    });
  }

  it('refuses what nests deeper than any object needs', () => {
    const nested = (levels: number) => create({ data: JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) });
    assert.equal(judgeBody(nested(99)).kind, 'judged');
    const detail = 'the body nests deeper than 100 levels';
    assert.deepEqual(judgeBody(nested(100)), { kind: 'refused', code: 'ERR_BODY_MALFORMED', detail });
  });

  const lines = (bytes: number) => create({ stringData: { a: 'password: abcdefgh12\n'.repeat(bytes / 22) } });
  const operations = (count: number) =>
    question(
      'PATCH',
      '/apis/shop.example.com/v1/namespaces/demo/widgets/a',
      JSON.stringify(
        Array.from({ length: count }, () => ({ op: 'add', path: `/spec${'/a'.repeat(100)}`, value: 'x' })),
      ),
      'application/json-patch+json',
    );

  it('judges what is short where it came in', () => {
    for (const short of [create({ data: {} }), lines(3_900), operations(2)])
      assert.ok(!(judge.judge(short, ASKER) instanceof Promise));
  });

  it('judges apart what takes long for how short it is', async () => {
    for (const ask of [() => lines(30_000), () => lines(4_200), () => operations(100), () => operations(5)]) {
      const asked = judge.judge(ask(), ASKER);
      assert.ok(asked instanceof Promise);
      assert.deepEqual(plain(await asked), plain(judgeBody(ask())));
    }
  });

  it('counts against its agent what a body takes', async () => {
    const spent: number[] = [];
    const spendMs = (ms: number) => spent.push(ms);
    const members = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`key-${at}`, `value ${at}`]));
    await judge.judge(create({ data: members }), { ...ASKER, spendMs });
    await judge.judge(create({ data: {} }), { ...ASKER, spendMs });
    assert.equal(spent.length, 1);
    assert.ok((spent[0] ?? 0) > 0);
  });

  it('keeps nobody waiting for a large body', async () => {
    const members = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`key-${at}`, `value ${at}`]));
    const question = create({ data: members });
    const turns = await countTurns(async () => assert.equal((await judge.judge(question, ASKER)).kind, 'judged'));
    assert.ok(turns > 100, `${turns} turns of the event loop`);
  });

  it('brings a large body into its normal form elsewhere, as it would in place, and counts that', async () => {
    const data = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`key-${at}`, `value ${at}`]));
    const plan = { bytes: Buffer.from(JSON.stringify({ metadata: { namespace: 'demo' }, data })), namespace: 'demo' };
    let spent = 0;
    let digest: string | undefined;
    let longest = Number.POSITIVE_INFINITY;
    // Whatever is done here is done each time; a collection of garbage is not.
    for (let time = 0; time < 3; time += 1) {
      const turn = await longestTurnMs(async () => {
        digest = await judge.normalDigest(plan, { ...ASKER, spendMs: (ms) => (spent += ms) });
      });
      longest = Math.min(longest, turn);
    }
    assert.equal(digest, normalDigest(plan));
    assert.ok(spent > 30, `${spent} ms there`);
    assert.ok(longest < 30, `${longest} ms in a turn here`);
    const other = { ...plan, namespace: 'other' };
    assert.notEqual(await judge.normalDigest(other, ASKER), digest);
  });

  it('judges many, one after the other', async () => {
    const lengths = [40_000, 80_000, 120_000];
    const verdicts = await Promise.all(
      lengths.map((length) => judge.judge(create({ data: { a: 'x'.repeat(length) } }), ASKER)),
    );
    const sent = verdicts.map((verdict) => (verdict.kind === 'judged' ? verdict.body.bytes.length : 0));
    assert.deepEqual(
      sent.map((length, at) => length - (lengths[at] ?? 0)),
      sent.map(() => (sent[0] ?? 0) - 40_000),
    );
  });

  it('refuses a body that breaks its thread, and judges the next in another', async () => {
    const breaking = judge.judge({ ...create({ data: { a: LARGE } }), request: undefined as never }, ASKER);
    const next = judge.judge(create({ data: { a: LARGE } }), ASKER);
    await assert.rejects(async () => breaking, isFault('ERR_INTERNAL'));
    assert.equal((await next).kind, 'judged');
  });

  it('refuses a review that is larger than any question', () => {
    const asked = { ...create({ spec: { a: LARGE } }), isReview: true };
    assert.deepEqual(judge.judge(asked, ASKER), { kind: 'refused', code: 'ERR_BODY_TOO_LARGE', detail: '8192' });
  });
});

it('gives up on a body that takes too long', async () => {
  const judge = new BodyJudge(1);
  await assert.rejects(async () => judge.judge(create({ data: { a: LARGE } }), ASKER), isFault('ERR_INTERNAL'));
  await judge.close();
});

it('waits no longer than its asker, and spends no time on what nobody waits for', async () => {
  const judge = new BodyJudge();
  const reason = new Fault('ERR_ENDED');
  const abort = new AbortController();
  const gone = { ...ASKER, signal: abort.signal };
  const waiting = Array.from({ length: 5 }, () => judge.judge(create({ data: { a: LARGE } }), gone));
  const rejected = Promise.all(waiting.map((one) => assert.rejects(async () => one, reason)));
  const broken = judge.judge({ ...create({ data: { a: LARGE } }), request: undefined as never }, gone);
  abort.abort(reason);
  await rejected;
  await assert.rejects(async () => broken, reason);
  await assert.rejects(async () => judge.judge(create({ data: { a: LARGE } }), gone), reason);
  const verdict = await judge.judge(create({ data: { a: LARGE } }), ASKER);
  assert.equal(verdict.kind, 'judged');
  await judge.close();
});

it('lets agents take turns', async () => {
  const judge = new BodyJudge();
  const order: string[] = [];
  const ask = async (agent: string) => {
    await judge.judge(create({ data: { a: LARGE } }), { ...ASKER, agent });
    order.push(agent);
  };
  await Promise.all(['a', 'a', 'a', 'a', 'b'].map(ask));
  assert.deepEqual(order, ['a', 'a', 'b', 'a', 'a']);
  await judge.close();
});

it('lets what is shorter go before what is very long', async () => {
  const judge = new BodyJudge();
  const order: string[] = [];
  const ask = async (name: string, data: object) => {
    await judge.judge(create({ data }), ASKER);
    order.push(name);
  };
  const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`key-${at}`, `value ${at}`]));
  await Promise.all([ask('long', many), ask('long', many), ask('shorter', { a: 'x'.repeat(10_000) })]);
  assert.equal(order[0], 'shorter');
  await judge.close();
});

it('lets go of what waits when it is closed', async () => {
  const judge = new BodyJudge();
  const waiting = [
    judge.judge(create({ data: { a: LARGE } }), ASKER),
    judge.judge(create({ data: { b: LARGE } }), ASKER),
  ];
  const rejected = Promise.all(waiting.map((one) => assert.rejects(async () => one, isFault('ERR_SHUTTING_DOWN'))));
  await judge.close();
  await rejected;
  await assert.rejects(async () => judge.judge(create({ data: { a: LARGE } }), ASKER), isFault('ERR_SHUTTING_DOWN'));
});

function isFault(code: string) {
  return (error: unknown) => error instanceof Fault && error.code === code;
}
