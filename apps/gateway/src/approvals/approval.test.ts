// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ApprovalDocument, afterStep, isOpen, mayTake, type Step } from './approval.ts';
import { askingFor, signatureOf } from './approval-fixture.ts';

const BEGUN = Date.parse('2026-01-01T00:00:00Z');
const TTL_MS = 60_000;

function pending(): ApprovalDocument {
  const { ttlSeconds: _, ...asked } = askingFor('a'.repeat(64));
  const expiresAt = new Date(BEGUN + TTL_MS).toISOString();
  return {
    ...asked,
    state: 'pending',
    signatures: [],
    salt: '',
    card: '',
    askedAt: new Date(BEGUN).toISOString(),
    expiresAt,
  };
}

const steps: readonly Step[] = [
  { type: 'asked' },
  { type: 'approved', signature: signatureOf('grace') },
  { type: 'approved', signature: signatureOf('alan') },
  { type: 'denied', signature: signatureOf('grace') },
  { type: 'withdrawn', signature: signatureOf('grace') },
  { type: 'expired' },
  { type: 'used', exchange: 'e' },
];

test('whatever is tried in whatever order: one end, one use at most, only after all signatures, never when due', () => {
  const tries = fc.array(fc.record({ step: fc.constantFrom(...steps), waitMs: fc.nat({ max: TTL_MS / 3 }) }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(tries, fc.integer({ min: 1, max: 3 }), (tried, quorum) => {
      let [approval, now, uses, ends] = [pending(), BEGUN, 0, 0];
      for (const { step, waitMs } of tried) {
        now += waitMs;
        if (!mayTake(approval, step, new Date(now))) continue;
        const isDue = now >= BEGUN + TTL_MS;
        assert.equal(isDue, step.type === 'expired');
        assert.ok(isOpen(approval), 'nothing leads on from an end');
        if (step.type === 'used') {
          assert.equal(approval.state, 'approved');
          assert.ok(approval.signatures.length >= quorum);
          uses += 1;
        }
        approval = afterStep(approval, step, new Date(now), (signatures) => signatures.length >= quorum);
        if (!isOpen(approval)) ends += 1;
        assert.equal(approval.endedAt === undefined, isOpen(approval));
      }
      assert.ok(uses <= 1 && ends <= 1);
      assert.equal(approval.state === 'used', uses === 1);
    }),
  );
});

test('a step leaves nothing of the claim under which it was recorded', () => {
  const claim = { step: { type: 'expired' }, transition: 't', log: 'g', at: '' } as const;
  for (const step of steps)
    assert.ok(!('claim' in afterStep({ ...pending(), claim }, step, new Date(BEGUN), () => true)), step.type);
});

test('of a plan each request is used once, whoever tries in whatever order, and with the last one the plan is', () => {
  const digests = ['1', '2', '3'].map((one) => one.repeat(64));
  const { effect, requirements } = pending();
  const members = digests.map((digest) => ({ digest, request: digest, action: '', requirements, effect }));
  const tries = fc.array(fc.constantFrom(...digests, 'none', undefined), { maxLength: 12 });
  fc.assert(
    fc.property(tries, (tried) => {
      let plan: ApprovalDocument = { ...pending(), members, state: 'approved' };
      const used: string[] = [];
      for (const [index, member] of tried.entries()) {
        const step = { type: 'used', exchange: `e${index}`, ...(member === undefined ? {} : { member }) } as const;
        if (!mayTake(plan, step, new Date(BEGUN))) continue;
        used.push(member ?? assert.fail('a plan is not used as a whole'));
        plan = afterStep(plan, step, new Date(BEGUN), () => true);
        assert.equal(plan.members?.find(({ digest }) => digest === member)?.usedBy, `e${index}`);
      }
      assert.deepEqual([...new Set(used)], used);
      assert.deepEqual(new Set(used), new Set(tried.filter((one) => one !== undefined && digests.includes(one))));
      assert.equal(plan.state === 'used', used.length === digests.length);
    }),
  );
  const alone = { ...pending(), state: 'approved' } as const;
  assert.equal(mayTake(alone, { type: 'used', exchange: 'e', member: digests[0] ?? '' }, new Date(BEGUN)), false);
});
