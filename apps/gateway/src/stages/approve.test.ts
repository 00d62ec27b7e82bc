// SPDX-License-Identifier: Apache-2.0
// In which order an ask is looked at; e2e/approvals.test.ts has people and a real API server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import { askingFor, signatureOf } from '../approvals/approval-fixture.ts';
import { Holds } from '../approvals/holds.ts';
import type { Doubt } from '../approvals/open-writes.ts';
import type { Effect } from '../effects/effect.ts';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import { type ApproveParts, approve } from './approve.ts';

const rule = { set: 'lab', id: 'ask' };
const approvals = [{ rule, group: 'approvers', quorum: 1, ttlSeconds: undefined, ownerMay: false, reason: undefined }];
const decision = { effect: 'ask', reveal: false, policyDigest: '', rules: [rule], approvals };
const effect: Effect = { digest: Buffer.alloc(32), object: undefined, summary: '', changes: [], omitted: 0 };

const exchange = {
  id: 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001',
  cluster: 'lab',
  lane: 'write',
  request: parseRequest('DELETE', '/api/v1/namespaces/demo/configmaps/x'),
  principal: { ...askingFor('').requester, kind: 'agent' },
  headers: {},
  incoming: { method: 'DELETE', target: '/' },
  abort: new AbortController(),
  made: { id: 'made', decision, input: {} },
} as unknown as Decided;

function approvalIn(state: 'pending' | 'approved' | 'denied') {
  const { ttlSeconds: _, request: __, ...asked } = askingFor('a'.repeat(64));
  const endedBy = { ...signatureOf('grace'), reason: 'no' };
  const ended = state === 'denied' ? { endedBy } : {};
  return {
    id: 'approval',
    version: 1,
    value: { ...asked, state, signatures: [], askedAt: '', expiresAt: '', ...ended },
  };
}

/** A gateway that says what it was asked, in order. */
function site(register: object, maxHolds = 1, doubt?: Doubt) {
  const asked: string[] = [];
  const saying =
    <T>(what: string, answer: T) =>
    async () => {
      asked.push(what);
      return answer;
    };
  const pending = approvalIn('pending');
  const parts = {
    policies: { forCluster: () => ({ describe: () => 'ask' }) },
    register: {
      limits: { maxOpenOfAgent: 32, maxPerDayOfAgent: 1_000 },
      admit: saying('room', { open: undefined, leave: () => asked.push('left') }),
      ask: saying('ask', pending),
      get: saying('get', pending),
      decided: saying('decided', approvalIn('approved')),
      isOfKey: () => true,
      ...register,
    },
    openWrites: { doubt: async () => doubt },
    holds: new Holds(maxHolds),
    effectOf: saying('effect', effect),
    hmac: oneShotHmac(new Uint8Array(32)),
    holdMs: () => 25_000,
    waits: () => true,
    urlOf: (id: string) => `https://console.example/approvals/${id}`,
  } as unknown as ApproveParts;
  const answered = async (headers: object = {}, more: object = {}) =>
    approve(parts)({ ...exchange, headers, ...more } as Decided);
  const run = async (headers: object = {}, more: object = {}) => {
    const answer = await answered(headers, more);
    return answer instanceof Fault ? answer.code : answer.countersigned?.approval.value.state;
  };
  return { asked, run, answered };
}

test('what may have been done is told before anything is asked, and a no that has just been said instead of asking anew', async () => {
  const doubt = { approval: 'a', exchange: 'e', gateway: 'g', at: '', until: new Date(0) };
  const unknown = site({}, 1, doubt);
  assert.equal(await unknown.run(), 'ERR_OUTCOME_UNKNOWN');
  assert.deepEqual(unknown.asked, []);
  assert.equal(await site({ ask: async () => approvalIn('denied') }).run(), 'ERR_APPROVAL_DENIED');
});

test('room is looked for first, then what it would do, and given back before it waits', async () => {
  const { asked, run } = site({});
  assert.equal(await run(), 'approved');
  assert.deepEqual(asked, ['room', 'effect', 'ask', 'left', 'decided']);
});

test('an agent that has its part is told so, and nothing is asked upstream', async () => {
  for (const tooMany of ['open', 'day']) {
    const { asked, run } = site({ admit: async () => tooMany });
    assert.equal(await run(), 'ERR_APPROVAL_TOO_MANY');
    assert.deepEqual(asked, []);
  }
});

test('who has no place to wait and whose people have been asked is told so, and nothing is asked upstream', async () => {
  const admit = async () => ({ open: 'approval', leave: () => undefined });
  const full = site({ admit }, 0);
  assert.equal(await full.run(), 'ERR_APPROVAL_PENDING');
  assert.deepEqual(full.asked, ['get']);
  const unasked = site({}, 0);
  assert.equal(await unasked.run(), 'ERR_APPROVAL_PENDING');
  assert.deepEqual(unasked.asked, ['room', 'effect', 'ask', 'left']);
  const answered = site({ admit, get: async () => approvalIn('approved'), ask: async () => approvalIn('approved') }, 0);
  assert.equal(await answered.run(), 'approved', 'what is approved needs no place');
});

test('who does not want to wait takes no place, and where people have been asked, nothing is asked upstream', async () => {
  const { run } = site({}, 0);
  assert.equal(await run({ countersignWait: 'none' }), 'ERR_APPROVAL_REQUIRED');
  let left = 0;
  const again = site({ admit: async () => ({ open: 'approval', leave: () => (left += 1) }) });
  assert.equal(await again.run({ countersignWait: 'none' }), 'ERR_APPROVAL_REQUIRED');
  assert.deepEqual([again.asked, left], [['get'], 0], 'who joins has taken no room');
});

test('whoever is told of an approval is told where people see it', async () => {
  const url = 'https://console.example/approvals/approval';
  for (const register of [
    {},
    { decided: async () => approvalIn('denied') },
    { decided: async () => approvalIn('pending') },
  ])
    for (const headers of [{ countersignWait: 'none' }, {}]) {
      const fault = await site(register).answered(headers);
      if (!(fault instanceof Fault)) continue;
      assert.ok(fault.causes.some((cause) => cause.field === 'url' && cause.message === url));
      assert.ok(fault.code === 'ERR_APPROVAL_DENIED' || fault.message.includes(`approve approval, or at ${url};`));
    }
});

test('a place is given back, however it ends', async () => {
  const ends: readonly object[] = [
    { decided: async () => approvalIn('denied') },
    { decided: async () => assert.fail('gone') },
    { admit: async () => 'open' },
    {},
  ];
  for (const register of ends) {
    const { asked, run } = site(register);
    const [one, other] = [await run().catch(() => 'failed'), await run().catch(() => 'failed')];
    assert.equal(one, other, String(asked));
  }
});

/** An exec over WebSocket, and what it is told while nothing else has happened. */
function exec(room: Fault | undefined) {
  const [caller, ours] = duplexPair();
  let told = '';
  let answers = 0;
  caller.on('data', (chunk: Buffer) => {
    told += chunk.toString('latin1');
  });
  const more = {
    lane: 'exec',
    request: parseRequest('GET', '/api/v1/namespaces/demo/pods/x/exec?command=id&stdout=true&stderr=true'),
    headers: { userAgent: 'kubectl/v1.35.0' },
    upgrade: {
      offer: { transport: 'websocket', key: 'dGhlIHNhbXBsZSBub25jZQ==', protocols: ['v5.channel.k8s.io'] },
      protocol: { name: 'v5.channel.k8s.io', framing: 'channels-v5' },
    },
    hold: { take: () => room },
    abort: new AbortController(),
    incoming: {
      switchTo: () => {
        told += '101 ';
        return ours;
      },
      answerBy: () => {
        answers += 1;
      },
    },
  };
  return { more, told: () => told, answers: () => answers, caller };
}

test('an exec that waits is switched once people have been asked, and told which approval it waits for', async () => {
  const { more, told, answers, caller } = exec(undefined);
  const { run, asked } = site({});
  assert.equal(await run({}, more), 'approved');
  assert.deepEqual(asked, ['room', 'effect', 'ask', 'left', 'decided']);
  if (!told().includes('approve approval')) await once(caller, 'data');
  assert.match(
    told(),
    /^101 .*waiting for a countersignature, at most 25 s: approval approval; a member of approvers can.*approve approval, or at https:\/\/console.example\/approvals\/approval/s,
  );
  assert.equal(answers(), 1, 'what it is answered from now on goes there');
  caller.destroy();
});

test('an exec that does not wait, or for which there is no room, is not switched', async () => {
  const full = exec(new Fault('ERR_BODIES_FULL'));
  assert.equal(await site({}).run({}, full.more), 'ERR_BODIES_FULL');
  const hasty = exec(undefined);
  assert.equal(
    await site({}).run({ countersignWait: 'none' }, { ...hasty.more, headers: { countersignWait: 'none' } }),
    'ERR_APPROVAL_REQUIRED',
  );
  assert.equal(await site({}, 0).run({}, hasty.more), 'ERR_APPROVAL_PENDING');
  assert.deepEqual([full.told(), hasty.told()], ['', '']);
});
