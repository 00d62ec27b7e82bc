// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from '@countersign/policy';
import type { Versioned } from '../store/store.ts';
import { ActiveGrants, letOn } from './active-grants.ts';
import type { GrantDocument } from './grant.ts';
import { boundGrant, grantDigest, isSigned } from './grant-digest.ts';
import { grantOf, hmac, inputOf, START, signed, storedGrant, wantedBy } from './grant-for-tests.ts';

const ask: Decision = { effect: 'ask', policyDigest: '', rules: [], reveal: false, approvals: [wantedBy()] };
const input = inputOf('DELETE', 'configmaps/a');
const stored = (id: string, more: Partial<GrantDocument> = {}) => storedGrant(id, grantOf(more));

function clocked() {
  const clock = { ms: 0 };
  const active = new ActiveGrants(
    () => new Date(START + clock.ms),
    (grant) => isSigned(hmac, grant, false),
  );
  const ended: string[] = [];
  active.onEnded((ids) => ended.push(...ids));
  return {
    clock,
    active,
    ended,
    grantFor: (decision: Decision = ask) => active.applyTo({ id: 'd', decision, input }).grant,
  };
}

test('what policy asks for is given by a grant in force; what it denies, or can not decide, never is', async () => {
  const { active, grantFor } = clocked();
  await active.update(async () => [stored('g')]);
  assert.equal(grantFor(), 'g');
  const common = { policyDigest: '', rules: [] };
  for (const decision of [
    { effect: 'deny', reason: 'forbidden', ...common },
    { effect: 'undecided', problem: 'x', ...common },
    { effect: 'allow', reveal: false, ...common },
    { ...ask, approvals: [wantedBy('security')] },
  ] as const)
    assert.equal(grantFor(decision), undefined);
  assert.deepEqual(letOn({ decision: ask, grant: 'g' }), { effect: 'allow', reveal: false, ...common });
  assert.equal(letOn({ decision: ask }), ask);
  const denied = { effect: 'deny', reason: 'forbidden', ...common } as const;
  assert.equal(letOn({ decision: denied, grant: 'g' }), denied);
});

test('only what is active counts, and no longer than its time', async () => {
  const { clock, active, ended, grantFor } = clocked();
  for (const state of ['pending', 'denied', 'expired', 'revoked', 'withdrawn'] as const) {
    await active.update(async () => [stored('g', { state })]);
    assert.equal(grantFor(), undefined, state);
  }
  await active.update(async () => [stored('g')]);
  for (clock.ms = 0; clock.ms < 60_000; clock.ms += 4_000) await active.update(async () => [stored('g')]);
  clock.ms = 59_999;
  active.sweep();
  assert.deepEqual([grantFor(), ended], ['g', []]);
  clock.ms = 60_000;
  assert.equal(grantFor(), undefined);
  active.sweep();
  assert.deepEqual(ended, ['g']);
});

test('what is stored gives no more than what was signed, and what can not be read gives nothing, nor keeps others from it', async () => {
  const { active, ended, grantFor } = clocked();
  const { digest } = grantOf();
  const wide = { verbs: ['delete'], resources: ['configmaps', 'secrets'], namespaces: ['demo'] };
  const broken = { id: 'x', version: 1, value: { state: 'active', expiresAt: '2030-01-01T00:00:00Z' } };
  for (const altered of [
    { scope: wide, digest },
    { seconds: 3_600, digest },
    { expiresAt: new Date(START + 3_600_000).toISOString() },
    { expiresAt: 'never' },
    { requester: { ...grantOf().requester, owner: 'x', act: [{ issuer: 'i', subject: 's' }] }, digest },
  ]) {
    await active.update(async () => [stored('g', altered)]);
    assert.equal(grantFor(), undefined, JSON.stringify(altered));
  }
  await active.update(async () => [broken as unknown as Versioned<GrantDocument>, stored('g')]);
  assert.equal(grantFor(), 'g');
  await active.update(async () => [broken as unknown as Versioned<GrantDocument>, stored('g', { state: 'revoked' })]);
  assert.deepEqual([grantFor(), ended], [undefined, ['g']]);
});

test('labels are looked at for the sake of a grant that is for some, and would do otherwise', async () => {
  const { active, clock } = clocked();
  const scope = { verbs: ['delete'], resources: ['configmaps'], namespaces: ['demo'] };
  await active.update(async () => [stored('g', { scope })]);
  assert.equal(active.looksAtLabels(input), false);
  await active.update(async () => [stored('l', { scope: { ...scope, labels: ['app=web'] } })]);
  assert.equal(active.looksAtLabels(input), true);
  assert.equal(active.looksAtLabels(inputOf('DELETE', 'secrets/a')), false);
  const labels = [{ key: 'app', value: 'web' }];
  assert.deepEqual(active.applyTo({ id: 'd', decision: ask, input }).grant, undefined);
  const { grant, byLabels } = active.applyTo({ id: 'd', decision: ask, input: { ...input, labels } });
  assert.deepEqual([grant, byLabels], ['l', true]);
  clock.ms = 60_000;
  assert.equal(active.looksAtLabels(input), false);
});

test('who owns the agent by now has signed nothing for it', async () => {
  const { active } = clocked();
  await active.update(async () => [stored('g', { signatures: [signed('ann')] })]);
  const owned = { ...input, principal: { ...input.principal, owner: 'ann@example.com' } };
  assert.equal(active.applyTo({ id: 'd', decision: ask, input: owned }).grant, undefined);
});

test('one that is revoked ends, and who listens is told, once', async () => {
  const { active, ended, grantFor } = clocked();
  await active.update(async () => [stored('a'), stored('b')]);
  await active.update(async () => [stored('a'), stored('b', { state: 'revoked' })]);
  await active.update(async () => [stored('a'), stored('b', { state: 'revoked' })]);
  active.sweep();
  assert.deepEqual([grantFor(), ended], ['a', ['b']]);
});

test('what was read of the store too long ago gives nothing', async () => {
  const { clock, active, ended, grantFor } = clocked();
  await active.update(async () => [stored('g')]);
  clock.ms = 5_000;
  assert.equal(grantFor(), undefined);
  await assert.rejects(active.update(() => Promise.reject(new Error('unreachable'))));
  active.sweep();
  assert.deepEqual(ended, ['g']);
  await active.update(async () => [stored('g')]);
  assert.equal(grantFor(), 'g');
});

test('a read that was overtaken by a later one does not bring back what that one saw ended', async () => {
  const { active, grantFor } = clocked();
  const { promise, resolve } = Promise.withResolvers<readonly Versioned<GrantDocument>[]>();
  const early = active.update(() => promise);
  await active.update(async () => [stored('g', { state: 'revoked' })]);
  resolve([stored('g')]);
  await early;
  assert.equal(grantFor(), undefined);
});

test('break-glass gives what any rule asks for, by one operator, until it is over, and nothing that was stored as such alone', async () => {
  const { clock, active, ended, grantFor } = clocked();
  const strict: Decision = { ...ask, approvals: [wantedBy('security', 2)] };
  const { scope: _, ...wide } = grantOf({ breakGlass: true, signatures: [signed('ops', [])] });
  const glass = { ...wide, digest: grantDigest(hmac, boundGrant(wide)) };
  await active.update(async () => [storedGrant('b', glass)]);
  assert.equal(grantFor(strict), 'b');
  assert.equal(active.applyTo({ id: 'd', decision: strict, input }).breakGlass, true);
  const denied: Decision = { effect: 'deny', reason: 'forbidden', policyDigest: '', rules: [] };
  assert.equal(grantFor(denied), undefined);
  const others = [
    { ...input, cluster: 'other' },
    { ...input, principal: { ...input.principal, id: 'other' } },
    { ...input, principal: { ...input.principal, owner: 'somebody@example.com' } },
    { ...input, principal: { ...input.principal, owner: 'ops@example.com' } },
    // Registered anew, under the id of the one that it was opened for; and an operator's own agent, for that operator.
    { ...input, principal: { ...input.principal, subject: 'another' } },
    { ...input, principal: { ...input.principal, subject: 'ops', act: [input.principal] } },
  ];
  for (const one of others) assert.equal(active.applyTo({ id: 'd', decision: strict, input: one }).grant, undefined);
  const forOthers = { ...input, principal: { ...input.principal, subject: 'ann', act: [input.principal] } };
  assert.equal(active.applyTo({ id: 'd', decision: strict, input: forOthers }).grant, 'b');

  const { digest } = grantOf({ signatures: [signed('ops', [])] });
  for (const forged of [
    { ...glass, digest },
    { ...glass, seconds: 3_600 },
    { ...glass, signatures: [] },
  ]) {
    await active.update(async () => [storedGrant('b', forged)]);
    assert.equal(grantFor(strict), undefined);
  }
  await active.update(async () => [storedGrant('b', glass), stored('g')]);
  assert.equal(grantFor(), 'g', 'what people have countersigned is no emergency');
  for (clock.ms = 4_000; clock.ms < 60_000; clock.ms += 4_000)
    await active.update(async () => [storedGrant('b', glass)]);
  clock.ms = 60_000;
  active.sweep();
  assert.deepEqual([grantFor(strict), ended.includes('b')], [undefined, true]);
});

test('a signature counts that a gateway was given for this grant, and of a passkey where none counts without one', () => {
  const isGood = (id: string, value: GrantDocument, needsPasskey = false) =>
    isSigned(hmac, { id, value }, needsPasskey);
  const { value: good } = stored('g');
  assert.equal(isGood('g', good), true);
  assert.equal(isGood('g', grantOf()), false, 'nobody was given it');
  assert.equal(isGood('other', good), false, 'it was given for another grant');
  const [own] = good.signatures;
  assert.ok(own);
  for (const altered of [{ groups: ['security'] }, { by: { ...own.by, subject: 'eve' } }, { reason: 'x' }, { mac: '' }])
    assert.equal(isGood('g', { ...good, signatures: [{ ...own, ...altered }] }), false, JSON.stringify(altered));
  assert.equal(isGood('g', { ...good, signatures: [own, signed('eve')] }), false, 'one of two');
  assert.equal(isGood('g', good, true), false, 'a token alone');
  const countersignature = { passkey: 'p' } as unknown as NonNullable<(typeof own)['countersignature']>;
  const byPasskey = stored('g', { signatures: [{ ...signed('ann'), countersignature }] }).value;
  assert.equal(isGood('g', byPasskey, true), true);
  const { scope: _, ...wide } = grantOf({ breakGlass: true, signatures: [signed('ops', [])] });
  const glass = storedGrant('b', { ...wide, digest: grantDigest(hmac, boundGrant(wide)) });
  assert.equal(isGood('b', glass.value, true), true, 'an emergency waits for no passkey');
});
