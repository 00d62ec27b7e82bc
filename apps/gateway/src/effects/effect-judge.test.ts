// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { parseRequest } from '@countersign/kube';
import type { Asker } from '../apart/fair-thread.ts';
import { judgeBody } from '../bodies/judge-body.ts';
import { longestTurnMs } from '../count-turns-for-tests.ts';
import { Fault } from '../faults.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import { EffectJudge } from './effect-judge.ts';
import { doWork, type EffectWorkKind, type QuestionOf } from './effect-work.ts';

const KEY = new Uint8Array(32).fill(7);
const ASKER: Asker = { agent: 'a', signal: new AbortController().signal, spendMs() {} };
const CONFIG_MAP = '/api/v1/namespaces/demo/configmaps/x';
/** More than garbage collection takes of one turn, and less than anything that is asked here would. */
const MAX_TURN_MS = 30;

const bytesOf = (value: object) => Buffer.from(JSON.stringify(value));
const data = (count: number, value = 'value') =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key-${at}`, `${value}-${at}`]));
const metadata = { name: 'x', namespace: 'demo', uid: 'u', resourceVersion: '1' };

function effect(target: string, before: object, after: object, sent: object): QuestionOf<'effect'> {
  const request = parseRequest('PUT', target);
  const verdict = judgeBody({ request, contentType: 'application/json', bytes: bytesOf(sent), isReview: false });
  assert.ok(verdict.kind === 'judged');
  const documents = { before: bytesOf(before), result: bytesOf(after) };
  return { request, lane: 'write', cluster: 'lab', dryRun: false, body: verdict.body, isRevealed: false, ...documents };
}

function changing(count: number): QuestionOf<'effect'> {
  const [before, after] = ['one', 'two'].map((value) => ({ metadata, data: data(count, value) }));
  return effect(CONFIG_MAP, before ?? {}, after ?? {}, after ?? {});
}

/** What owns each of its fields is about as long as a large object. */
const managedFields = (count: number) => [
  { manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:data': data(count) } },
];

function pod(count: number): QuestionOf<'place'> {
  const found = {
    metadata: { ...metadata, managedFields: managedFields(count) },
    spec: { containers: [{ name: 'app', image: 'nginx:1' }] },
    status: { containerStatuses: [{ name: 'app', imageID: 'sha256:aa' }] },
  };
  return { lane: 'exec', container: '', pod: bytesOf(found) };
}

function refusal(count: number): QuestionOf<'refusal'> {
  const causes = Array.from({ length: count }, (_, at) => ({ reason: 'FieldValueInvalid', message: `no. ${at}` }));
  const status = { kind: 'Status', message: 'password: hunter2hunter2', reason: 'Invalid', details: { causes } };
  const request = parseRequest('PUT', CONFIG_MAP);
  return { request, cluster: 'lab', body: undefined, status: 422, bytes: bytesOf(status) };
}

const EVERY_PATH = '/apis/shop.example.com/v1/namespaces/{namespace}/orders';
function paths(count: number): QuestionOf<'dry-run-paths'> {
  const operations = { post: { parameters: [{ name: 'dryRun' }] } };
  const others = Array.from({ length: count }, (_, at) => [`/apis/shop.example.com/v1/other-${at}`, operations]);
  const document = bytesOf({ paths: { [EVERY_PATH]: operations, ...Object.fromEntries(others) } });
  const segments = ['apis', 'shop.example.com', 'v1', 'namespaces', 'demo', 'orders'];
  return { document, group: 'shop.example.com', segments };
}

function deleting(length: number): QuestionOf<'dry-run'> {
  const bytes = bytesOf({ propagationPolicy: 'Orphan', preconditions: { uid: 'u'.repeat(length) } });
  return { request: parseRequest('DELETE', CONFIG_MAP), lane: 'write', body: { format: 'json', bytes } };
}

type Asked = { [K in EffectWorkKind]: readonly [K, () => QuestionOf<K>] }[EffectWorkKind];

/** What is too long to be found out where it came in. */
const LONG: Readonly<Record<string, Asked>> = {
  'a change': ['effect', () => changing(1_000)],
  'a change of what can not be read': ['effect', () => ({ ...changing(1_000), result: Buffer.from('{') })],
  'a change of an object without a uid': [
    'effect',
    () => effect(CONFIG_MAP, { data: data(1_000) }, { data: {} }, { data: {} }),
  ],
  'a Secret': [
    'effect',
    () => {
      const secret = (password: string) => ({ metadata, kind: 'Secret', data: { ...data(500), password } });
      const [before, after] = [secret('Zmlyc3QtdmFsdWU='), secret('c2Vjb25kLXZhbHVl')];
      return effect('/api/v1/namespaces/demo/secrets/x', before, after, after);
    },
  ],
  'a pod': ['place', () => pod(1_000)],
  'a pod without the container that is named': ['place', () => ({ ...pod(1_000), container: 'other' })],
  'a refusal': ['refusal', () => refusal(1_000)],
  'what a group says': ['dry-run-paths', () => paths(1_000)],
  'what a group says, which is too much to be kept': ['dry-run-paths', () => paths(6_000)],
  'a delete': ['dry-run', () => deleting(20_000)],
  'a delete that is none': [
    'dry-run',
    () => ({ ...deleting(1), body: { format: 'json', bytes: bytesOf(data(2_000)) } }),
  ],
};

/** Bytes are the same whatever holds them, and so are faults; masks of what is refused are other ones each time. */
function plain(answer: unknown): string {
  if (answer instanceof Fault) {
    const { code, detail, causes, row, retryAfterSeconds } = answer;
    return JSON.stringify([code, detail, causes, row, retryAfterSeconds]).replaceAll(/password-[a-z2-7]{26}/g, '');
  }
  return JSON.stringify(structuredClone(answer), (_, value) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    return value instanceof Set ? [...value] : value;
  });
}

describe('EffectJudge', () => {
  const judge = new EffectJudge(KEY);
  after(() => judge.close());

  const ask = ([kind, question]: Asked, asker = ASKER) => judge.find(kind, question(), asker);

  for (const [name, asked] of Object.entries(LONG)) {
    it(`says of ${name} in its thread what is said in place`, async () => {
      let counted = 0;
      const apart = await ask(asked, { ...ASKER, spendMs: () => (counted += 1) });
      assert.ok(plain(apart) === plain(doWork(asked[0], asked[1](), oneShotHmac(KEY))));
      assert.equal(counted, 1, 'and what it takes is counted');
    });
  }

  const megabyte: Readonly<Record<string, Asked>> = {
    'a change of 45,000 fields': ['effect', () => changing(45_000)],
    'a pod': ['place', () => pod(100_000)],
    'a refusal for 10,000 reasons': ['refusal', () => refusal(10_000)],
    'what a group says': ['dry-run-paths', () => paths(10_000)],
  };

  for (const [name, asked] of Object.entries(megabyte)) {
    it(`keeps nobody waiting for ${name} of a megabyte`, async () => {
      let ms = 0;
      const asker = { ...ASKER, spendMs: (more: number) => (ms += more) };
      let longest = Number.POSITIVE_INFINITY;
      // Whatever is done here is done each time; a collection of garbage is not.
      for (let time = 0; time < 3; time += 1) {
        const question = asked[1]();
        longest = Math.min(longest, await longestTurnMs(() => judge.find(asked[0], question, asker)));
      }
      assert.ok(ms > MAX_TURN_MS, `${ms} ms there`);
      assert.ok(longest < MAX_TURN_MS, `${longest} ms in a turn here, ${ms} ms there`);
    });
  }

  it('finds out what is short where it came in, and counts that, too', async () => {
    const short: readonly Asked[] = [
      ['effect', () => changing(10)],
      ['place', () => pod(10)],
      ['refusal', () => refusal(1)],
      ['dry-run', () => deleting(1)],
    ];
    const idle = new EffectJudge(KEY);
    await idle.close();
    for (const [kind, question] of short) {
      let spent = 0;
      const told = await idle.find(kind, question(), { ...ASKER, spendMs: () => (spent += 1) });
      assert.equal(plain(told), plain(doWork(kind, question(), oneShotHmac(KEY))));
      assert.equal(spent, 1);
    }
    await assert.rejects(idle.find('effect', changing(1_000), ASKER), isFault('ERR_SHUTTING_DOWN'));
  });

  it('refuses what breaks its thread, and finds out the next in another', async () => {
    const breaking = judge.find('effect', { ...changing(1_000), request: undefined as never }, ASKER);
    const next = judge.find('place', pod(1_000), ASKER);
    await assert.rejects(breaking, isFault('ERR_INTERNAL'));
    assert.ok(!((await next) instanceof Fault));
  });

  it('waits no longer than its asker', async () => {
    const reason = new Fault('ERR_ENDED');
    const abort = new AbortController();
    const waiting = [changing(1_000), changing(1_000)].map((question) =>
      judge.find('effect', question, { ...ASKER, signal: abort.signal }),
    );
    const rejected = Promise.all(waiting.map((one) => assert.rejects(one, reason)));
    abort.abort(reason);
    await rejected;
  });
});

it('gives up on what takes too long', async () => {
  const judge = new EffectJudge(KEY, 1);
  await assert.rejects(judge.find('effect', changing(10_000), ASKER), isFault('ERR_INTERNAL'));
  await judge.close();
});

function isFault(code: string) {
  return (error: unknown) => error instanceof Fault && error.code === code;
}
