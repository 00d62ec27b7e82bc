// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openKept } from '../kept-for-tests.ts';
import type { Log } from '../log/log.ts';
import { ActiveGrants } from './active-grants.ts';
import { isSigned } from './grant-digest.ts';
import { hmac, inputOf, REQUESTER, START, signed, wantedBy } from './grant-for-tests.ts';
import { type Grant, GrantRegister, type Signer } from './grant-register.ts';

const asking = {
  cluster: 'lab',
  requester: REQUESTER,
  scope: { verbs: ['delete'], resources: ['configmaps'], namespaces: ['demo'] },
  seconds: 60,
  reason: 'tidy up',
};

const signer = (subject: string, more: Partial<Signer> = {}): Signer => ({
  signature: signed(subject),
  names: [`${subject}@example.com`],
  allGroups: ['platform'],
  ...more,
});

/** Registers over one store and one log, as two gateways have them. */
async function kept() {
  const opened = await openKept();
  const { store, log, records } = opened;
  const clock = { ms: 0 };
  const now = () => new Date(START + clock.ms);
  const gateway = (itsLog: Log = log) => {
    const active = new ActiveGrants(now, (grant) => isSigned(hmac, grant, false));
    return { active, register: new GrantRegister({ grants: store.grants, active, vouch: hmac, log: itsLog, now }) };
  };
  return {
    ...{ store, clock, gateway, records },
    told: () => records.flatMap(({ type }) => (type.startsWith('grant.') ? [type] : [])),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

function asked(grant: Grant | undefined): Grant {
  assert.ok(grant);
  return grant;
}

const isGiven = (active: ActiveGrants) =>
  active.applyTo({
    id: 'd',
    decision: { effect: 'ask', policyDigest: '', rules: [], reveal: false, approvals: [wantedBy()] },
    input: inputOf('DELETE', 'configmaps/a'),
  }).grant !== undefined;

test('one is asked for, signed, in force for its time from then on, and then over; each step is on record', async () => {
  await using place = await kept();
  const { active, register } = place.gateway();
  const { id, value } = asked(await register.ask(asking));
  assert.equal(isGiven(active), false);
  place.clock.ms = 600_000;
  const at = new Date(START + place.clock.ms).toISOString();
  const taken = await register.approve(id, signer('ann', { signature: { ...signed('ann'), at } }), value.digest);
  assert.ok(typeof taken === 'object');
  assert.deepEqual([taken.value.state, Date.parse(taken.value.expiresAt)], ['active', START + 660_000]);
  assert.equal(isGiven(active), true);
  place.clock.ms = 659_999;
  await register.refresh();
  assert.equal(isGiven(active), true);
  place.clock.ms = 660_000;
  await register.refresh();
  assert.deepEqual([isGiven(active), (await register.get(id))?.value.state], [false, 'expired']);
  assert.deepEqual(place.told(), ['grant.asked', 'grant.approved', 'grant.expired']);
  place.clock.ms += 3_600_000;
  await register.refresh();
  assert.equal(await register.get(id), undefined);
});

test('one that nobody signs in a quarter of an hour expires; one that is denied, or was, is not signed', async () => {
  await using place = await kept();
  const { register } = place.gateway();
  const late = asked(await register.ask(asking));
  const denied = asked(await register.ask(asking));
  await register.deny(denied.id, signer('ann'), denied.value.digest);
  assert.equal(await register.approve(denied.id, signer('bob'), denied.value.digest), 'ERR_GRANT_STATE');
  place.clock.ms = 900_000;
  assert.equal(await register.approve(late.id, signer('ann'), late.value.digest), 'ERR_GRANT_STATE');
  await register.refresh();
  assert.equal((await register.get(late.id))?.value.state, 'expired');
  assert.deepEqual(place.told(), ['grant.asked', 'grant.asked', 'grant.denied', 'grant.expired']);
});

test('who asked, who may own the agent, who is in no group, and who signed already, does not sign; nor who saw something else', async () => {
  await using place = await kept();
  const { active, register } = place.gateway();
  const { id, value } = asked(await register.ask(asking));
  const say = (one: Signer, digest = value.digest) => register.approve(id, one, digest);
  assert.equal(await say(signer(REQUESTER.subject)), 'ERR_GRANT_SELF');
  assert.equal(await say(signer('x', { names: ['owner@example.com'] })), 'ERR_GRANT_OWNER');
  assert.equal(await say(signer('x', { names: [] })), 'ERR_GRANT_OWNER', 'nothing tells them from the owner');
  assert.equal(await say(signer('x', { signature: signed('x', []) })), 'ERR_GRANT_GROUP');
  assert.equal(await say(signer('ann'), 'cd'.repeat(32)), 'ERR_GRANT_DIGEST');
  assert.equal(isGiven(active), false);
  assert.equal(typeof (await say(signer('ann'))), 'object');
  assert.equal(await say(signer('ann')), 'ERR_GRANT_TWICE');
  const zoe = (subject: string) => signer(subject, { signature: { ...signed(subject), known: ['zoe'] } });
  assert.equal(typeof (await say(zoe('u-1'))), 'object');
  assert.equal(await say(zoe('u-2')), 'ERR_GRANT_TWICE', 'one address is one person');
  assert.equal(typeof (await say(signer('bob'))), 'object');
  assert.equal((await register.get(id))?.value.signatures.length, 3);
  assert.equal(await register.approve('none', signer('ann'), value.digest), undefined);
});

test('one that is revoked is in force no more, here at once and at another gateway when it looks', async () => {
  await using place = await kept();
  const [here, there] = [place.gateway(), place.gateway()];
  const { id, value } = asked(await here.register.ask(asking));
  await here.register.approve(id, signer('ann'), value.digest);
  await there.register.refresh();
  assert.deepEqual([isGiven(here.active), isGiven(there.active)], [true, true]);
  await there.register.stop(id, 'revoked', signed('ann'));
  assert.equal(isGiven(there.active), false);
  await here.register.refresh();
  assert.equal(isGiven(here.active), false);
  assert.equal(await here.register.stop(id, 'withdrawn', signed('bob')), 'ERR_GRANT_STATE');
  assert.deepEqual(place.told(), ['grant.asked', 'grant.approved', 'grant.revoked']);
});

test('a yes that is not on record is not in force; an end is, and is put on record by whoever finds it later', async () => {
  await using place = await kept();
  const { register, active } = place.gateway();
  const dead = place.gateway({ append: () => Promise.reject(new Error('the disk is full')) } as unknown as Log);
  const { id, value } = asked(await register.ask(asking));
  await assert.rejects(dead.register.approve(id, signer('ann'), value.digest), /disk is full/);
  await register.refresh();
  assert.deepEqual([isGiven(active), (await register.get(id))?.value.state], [false, 'pending']);
  await register.approve(id, signer('ann'), value.digest);
  await assert.rejects(dead.register.stop(id, 'revoked', signed('ann')), /disk is full/);
  await register.refresh();
  assert.deepEqual([isGiven(active), place.told().length], [false, 2]);
  place.clock.ms = 30_000;
  await register.refresh();
  await register.refresh();
  assert.deepEqual(place.told(), ['grant.asked', 'grant.approved', 'grant.revoked']);
});

test('an agent has eight that are open at most', async () => {
  await using place = await kept();
  const { register } = place.gateway();
  const all = await Promise.all(Array.from({ length: 10 }, () => register.ask(asking)));
  assert.equal(all.filter(Boolean).length, 8);
  await register.stop(all[0]?.id ?? '', 'withdrawn', signed(REQUESTER.subject));
  assert.ok(await register.ask(asking));
  assert.equal(await register.ask(asking), undefined);
  assert.ok(await register.ask({ ...asking, requester: { ...REQUESTER, id: 'other' } }));
});

test('what is signed is over who asked, where, for what and for how long', async () => {
  await using place = await kept();
  const { register } = place.gateway();
  const digests = new Set<string>();
  const variants = [
    {},
    { cluster: 'prod' },
    { seconds: 61 },
    { requester: { ...REQUESTER, subject: 'other' } },
    { requester: { ...REQUESTER, act: [{ issuer: 'i', subject: 's' }] } },
    { scope: { ...asking.scope, verbs: ['delete', 'patch'] } },
    { scope: { ...asking.scope, names: ['a'] } },
    { scope: { ...asking.scope, namespaces: ['demo', 'prod'] } },
  ];
  for (const variant of variants) {
    const grant = asked(await register.ask({ ...asking, ...variant }));
    digests.add(grant.value.digest);
    await register.stop(grant.id, 'withdrawn', signed(REQUESTER.subject));
  }
  assert.equal(digests.size, variants.length);
});
