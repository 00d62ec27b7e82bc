// SPDX-License-Identifier: Apache-2.0
// What changes while an approval is being used; e2e/approvals.test.ts uses them with a real API server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import type { Decision, PolicyInput } from '@countersign/policy';
import { askingFor, signatureOf } from '../approvals/approval-fixture.ts';
import { bindBody } from '../bodies/bind-body.ts';
import type { Effect } from '../effects/effect.ts';
import type { Negotiated, Used } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import { type UseParts, use } from './use.ts';

const rule = { set: 'lab', id: 'ask' };
const common = { policyDigest: `sha256:${'0'.repeat(64)}`, rules: [rule] };
const one = { rule, group: 'approvers', quorum: 1, ttlSeconds: undefined, ownerMay: false, reason: undefined };
const asksOne: Decision = { ...common, effect: 'ask', reveal: false, approvals: [one] };
const asksTwo: Decision = { ...asksOne, approvals: [one, { ...one, rule: { set: 'lab', id: 'too' } }] };
const denies: Decision = { ...common, effect: 'deny', reason: 'forbidden' };
const effect: Effect = {
  digest: Buffer.alloc(32),
  object: { uid: 'u', resourceVersion: '1' },
  summary: 'deletes it',
  changes: [],
  omitted: 0,
};

function exchangeOf(waited: boolean): Negotiated {
  const { ttlSeconds: _, ...asked } = askingFor('a'.repeat(64));
  const value = { ...asked, state: 'approved', signatures: [], askedAt: '', expiresAt: '' } as const;
  const request = parseRequest('DELETE', '/api/v1/namespaces/demo/configmaps/x');
  const input = { principal: { kind: 'agent', id: 'worker' }, request, live: { labels: [] } };
  return {
    id: 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001',
    cluster: 'lab',
    principal: { kind: 'agent', id: 'worker', act: [] },
    lane: 'write',
    request,
    abort: new AbortController(),
    life: { decided: () => undefined },
    made: { id: 'made', decision: asksOne, input },
    live: { labels: [] },
    countersigned: { approval: { id: 'approval', version: 1, value }, wanted: value, effect, waited },
  } as unknown as Negotiated;
}

/** A gateway whose policy is `decide`; `onEffect` runs while it is found out what the exchange would do. */
function partsOf(decide: (input: PolicyInput) => Decision, more: object = {}) {
  const uses: string[] = [];
  const parts = {
    policies: {
      epoch: 1,
      forCluster: () => ({
        epoch: 1,
        decideFor: (_: unknown, input: PolicyInput) => decide(input),
        describe: () => 'no',
      }),
    },
    register: { use: async (id: string) => ({ id, version: uses.push(id), value: {} }) },
    openWrites: { begin: async () => true },
    hmac: oneShotHmac(Buffer.alloc(32)),
    urlOf: () => undefined,
    effectOf: async () => effect,
    bodies: { bind: bindBody },
    look: (exchange: Negotiated) => ({ ...exchange, lookedUnder: parts.policies.epoch }),
    registry: { catchUp: async () => {} },
    log: { append: async () => ({ index: 0 }) },
    now: () => new Date('2026-01-01T00:00:00Z'),
    ...more,
  } as unknown as UseParts;
  return {
    uses,
    run: async (waited: boolean, change: object = {}) => use(parts)({ ...exchangeOf(waited), ...change }),
  };
}

test('what is countersigned goes on, used up', async () => {
  for (const waited of [true, false]) {
    const { uses, run } = partsOf(() => asksOne);
    const used = await run(waited);
    assert.ok(!(used instanceof Fault));
    assert.deepEqual([used.approval, uses], ['approval', ['approval']]);
  }
});

test('policy that changes while the effect is found out is what counts', async () => {
  let decision = asksOne;
  const effectOf = async () => {
    decision = asksTwo;
    return effect;
  };
  const { uses, run } = partsOf(() => decision, { effectOf });
  const refused = await run(true);
  assert.ok(refused instanceof Fault && refused.code === 'ERR_APPROVAL_CHANGED');
  assert.deepEqual(uses, []);
});

test('policy that changes while it is decided is asked again', async () => {
  const policies = {
    epoch: 1,
    forCluster: () => ({
      epoch: policies.epoch,
      decideFor: async () => {
        const decision = policies.epoch === 1 ? asksOne : asksTwo;
        policies.epoch = 2;
        return decision;
      },
      describe: () => 'no',
    }),
  };
  const { uses, run } = partsOf(() => asksOne, { policies });
  const refused = await run(true);
  assert.ok(refused instanceof Fault && refused.code === 'ERR_APPROVAL_CHANGED');
  assert.deepEqual(uses, []);
});

test('a lock that was told at another gateway stops it before it is used up', async () => {
  const abort = new AbortController();
  const registry = { catchUp: async () => abort.abort(new Fault('ERR_AGENT_LOCKED')) };
  const { uses, run } = partsOf(() => asksOne, { registry });
  await assert.rejects(run(true, { abort }), { code: 'ERR_AGENT_LOCKED' });
  assert.deepEqual(uses, []);
});

test('a rule looks at the object as it is when the approval is used, not as it was when that was asked for', async () => {
  const now = { labels: ['protected'] };
  const look = (exchange: Negotiated) => ({ ...exchange, live: now, lookedUnder: 1 });
  const isProtected = ({ live }: PolicyInput) => (live as unknown) === now;
  for (const waited of [true, false]) {
    const { uses, run } = partsOf((input) => (isProtected(input) ? denies : asksOne), { look });
    const refused = await run(waited);
    assert.ok(refused instanceof Fault && refused.code === 'ERR_POLICY_DENIED');
    assert.deepEqual(uses, []);
  }
});

test('what can not be looked at again does not go on', async () => {
  const { uses, run } = partsOf(() => asksOne, { look: () => new Fault('ERR_POLICY_UNAVAILABLE', 'gone') });
  const refused = await run(true);
  assert.ok(refused instanceof Fault && refused.code === 'ERR_POLICY_UNAVAILABLE');
  assert.deepEqual(uses, []);
});

test('what has ended meanwhile is told as it ended, and what does not hold as that', async () => {
  const { value } = exchangeOf(true).countersigned?.approval ?? assert.fail();
  const said = async (answer: object) => {
    const { run } = partsOf(() => asksOne, { register: { use: async () => answer } });
    const refused = await run(true);
    return refused instanceof Fault ? [refused.code, refused.detail] : [];
  };
  const ended = (more: object) => said({ ended: { id: 'approval', version: 2, value: { ...value, ...more } } });
  const endedBy = signatureOf('grace');
  assert.deepEqual(await ended({ state: 'withdrawn', endedBy }), [
    'ERR_APPROVAL_ENDED',
    'approval approval was withdrawn: no reason was given',
  ]);
  assert.deepEqual(await ended({ state: 'expired', signatures: [endedBy] }), [
    'ERR_APPROVAL_ENDED',
    'approval approval was countersigned, and not used in time',
  ]);
  assert.deepEqual(await ended({ state: 'used' }), ['ERR_APPROVAL_USED', '']);
  assert.deepEqual(await said({ flaw: 'it is of another request' }), [
    'ERR_APPROVAL_UNSOUND',
    'it is of another request',
  ]);
});

test('what is under way already, or may have been done, does not go on', async () => {
  const doubt = { approval: 'before', exchange: 'the first', gateway: 'g', at: '', until: new Date(0) };
  const { run } = partsOf(() => asksOne, { openWrites: { begin: async () => false, doubt: async () => doubt } });
  const refused = await run(false);
  assert.ok(refused instanceof Fault && refused.code === 'ERR_OUTCOME_UNKNOWN');
  assert.match(refused.message, /the first/);
});

test('a session goes on as it was asked for: it has no body to bind to what was seen', async () => {
  const request = parseRequest('GET', '/api/v1/namespaces/demo/pods/x/exec?command=id');
  const { uses, run } = partsOf(() => asksOne);
  for (const lane of ['exec', 'portforward']) {
    const used = await run(true, { lane, request });
    assert.ok(!(used instanceof Fault));
    assert.deepEqual([used.request, used.body], [request, undefined]);
  }
  assert.equal(uses.length, 2);
  const other = { ...effect, object: { uid: 'another', resourceVersion: '1' }, digest: Buffer.alloc(32, 1) };
  const moved = await partsOf(() => asksOne, { effectOf: async () => other }).run(true, { lane: 'exec', request });
  assert.ok(moved instanceof Fault && moved.code === 'ERR_EFFECT_CHANGED');
});

test('a session is told as one that goes on before its countersignature is used, and a write only after that', async () => {
  const told: unknown[] = [];
  const life = { decided: ({ approval, made }: Used) => told.push(approval, made.occasion) };
  const toldBefore = async (lane: string) => {
    told.length = 0;
    let before: readonly unknown[] = [];
    const register = {
      use: async (id: string) => {
        before = [...told];
        return { id, version: 1, value: {} };
      },
    };
    assert.ok(!((await partsOf(() => asksOne, { register }).run(true, { lane, life })) instanceof Fault));
    assert.deepEqual(told, ['approval', 'approval-use']);
    return before;
  };
  assert.deepEqual(await toldBefore('exec'), ['approval', 'approval-use']);
  assert.deepEqual(await toldBefore('portforward'), ['approval', 'approval-use']);
  assert.deepEqual(await toldBefore('write'), []);
});
