// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../effects/effect.ts';
import type { ApprovalDocument, PlanMember, Signature } from './approval.ts';
import { asAsked, askingFor, signatureOf, VOUCH } from './approval-fixture.ts';
import { flawOf } from './flaw-of.ts';
import { planCard } from './planned-request.ts';
import { vouchedFor } from './vouched.ts';

const VOUCHING = { vouch: VOUCH, needsPasskey: () => false };
const OTHER_EFFECT = 'people were shown something else than it does';
const OTHER_FACTS = 'people were shown another request, agent or rule than it is';
const DIGEST = 'a'.repeat(64);
const wanted = askingFor(DIGEST);
const [rule] = wanted.requirements;
assert.ok(rule);

type Unsealed = Omit<ApprovalDocument, 'card'>;

function approved(more: Partial<Unsealed> = {}): Unsealed {
  const { ttlSeconds: _, ...asked } = wanted;
  return {
    ...asked,
    state: 'approved',
    signatures: [signatureOf('grace')],
    salt: '',
    askedAt: '',
    expiresAt: '',
    ...more,
  };
}

test('a document that says approved is one only by its signatures, and for what is wanted', () => {
  const two = { ...wanted, requirements: [{ ...rule, quorum: 2 }] };
  const ownersToo = { ...wanted, requirements: [{ ...rule, ownerMay: true }] };
  const forAlan = { ...wanted, requester: { ...wanted.requester, act: [signatureOf('alan').by] } };
  const signed = (...people: readonly string[]) => approved({ signatures: people.map((one) => signatureOf(one)) });
  const as = ({ requirements, requester }: typeof wanted, ...people: readonly string[]) => ({
    ...signed(...people),
    requirements,
    requester,
  });
  const known = (address: string) =>
    approved({
      requirements: two.requirements,
      signatures: [
        { ...signatureOf('u-1'), known: ['zoe'] },
        { ...signatureOf('u-2'), known: [address] },
      ],
    });
  const outsider = approved({ signatures: [signatureOf('eve', ['others'])] });
  // What the document itself says of who must sign, and who asked, is not what counts.
  const lenient = approved({ requirements: [], signatures: [] });
  const disowned = { ...signed('ada'), requester: { ...wanted.requester, owner: 'nobody' } };
  const present = { ...wanted, effect: { ...wanted.effect, object: { uid: 'u', resourceVersion: '2' } } };
  const shown = (summary: string) => approved({ effect: { ...present.effect, summary } });
  const objects = [{ namespace: 'demo', name: 'a', uid: 'u' }];
  const listed = { ...wanted, effect: { ...wanted.effect, object: undefined, objects } };
  const cases: readonly [string, Unsealed, typeof wanted, string | undefined][] = [
    ['what holds', approved(), wanted, undefined],
    ['two of two', as(two, 'grace', 'alan'), two, undefined],
    ['the owner, where the rule says so', as(ownersToo, 'ada'), ownersToo, undefined],
    ['nobody', signed(), wanted, 'not all who must have countersigned it'],
    ['one of two', as(two, 'grace'), two, 'not all who must have countersigned it'],
    ['somebody of another group', outsider, wanted, 'not all who must have countersigned it'],
    ['requirements that were taken out', lenient, wanted, OTHER_FACTS],
    ['one person twice', as(two, 'grace', 'grace'), two, 'one person stands twice under it'],
    ['one person as two', known('zoe'), two, 'one person stands twice under it'],
    ['two who are known by other addresses', known('alan'), two, undefined],
    ['who asked', signed('worker'), wanted, 'who asked stands under it'],
    ['for whom it is asked', as(forAlan, 'alan'), forAlan, 'who asked stands under it'],
    ['the owner', signed('ada'), wanted, 'the owner stands under it'],
    ['the owner, of an agent with another one', disowned, wanted, OTHER_FACTS],
    ['another diff', shown('deletes nothing'), present, OTHER_EFFECT],
    ['another list', shown('deletes nothing'), listed, OTHER_EFFECT],
    ['the diff of what is there', shown(present.effect.summary), present, undefined],
    ['what is made, said otherwise', shown('makes it under another name'), wanted, OTHER_EFFECT],
    ['another request', approved({ digest: 'b'.repeat(64) }), wanted, 'it is of another request'],
  ];
  for (const [what, document, asked, expected] of cases)
    assert.equal(flawOf(asAsked(document), asked, VOUCHING), expected, what);
});

test('of a plan, what is wanted is one of the requests that it was found among, as people were shown it', () => {
  const [one, other] = ['1'.repeat(64), '2'.repeat(64)];
  const effect = { ...wanted.effect, object: { uid: 'u', resourceVersion: '1' } };
  const { action } = wanted;
  const memberOf = (digest: string) => ({ digest, request: digest, action, requirements: [rule], effect });
  const planOf = (...members: readonly PlanMember[]) => {
    const card = planCard(members);
    return approved({ ...card, effect: { ...wanted.effect, ...card.effect }, members });
  };
  const plan = planOf(memberOf(one), memberOf(other));
  const member = { digest: one, among: [one, other] };
  const part = { ...wanted, effect, member };
  const flawIn = (document: Unsealed, asked: Parameters<typeof flawOf>[1]) =>
    flawOf(asAsked(document), asked, VOUCHING);
  assert.equal(flawIn(plan, part), undefined);
  const shown = { ...effect, summary: 'deletes nothing' };
  for (const altered of [
    approved(),
    planOf(memberOf(one)),
    planOf(memberOf(other), memberOf(one)),
    planOf({ ...memberOf(one), effect: shown }, memberOf(other)),
    planOf({ ...memberOf(one), action: 'create configmaps hello' }, memberOf(other)),
    { ...plan, action: 'plan of 1 request' },
    { ...plan, effect: { ...plan.effect, omitted: 1 } },
    { ...plan, requirements: [{ ...rule, reason: 'harmless' }] },
    { ...plan, signatures: [] },
  ])
    assert.notEqual(flawIn(altered, part), undefined);
  assert.notEqual(flawIn(plan, wanted), undefined, 'a plan is no approval of one request');
  assert.notEqual(flawIn(plan, { ...part, member: { ...member, digest: '3'.repeat(64) } }), undefined);
});

test('what is shown of what is made, or of a plan, is what was asked, or no countersignature of it', () => {
  const { effect, requester } = wanted;
  const change = { path: 'roleRef.name', after: '"cluster-admin"' };
  const made = approved({ effect: { ...effect, changes: [change] }, askedAt: '1', expiresAt: '2', target: '/a' });
  const { id, version, value } = asAsked(made);
  const asked = { ...wanted, target: '/a', effect: made.effect };
  const flawIn = (more: Partial<ApprovalDocument>, name = id) =>
    flawOf({ id: name, version, value: { ...value, ...more } } as Parameters<typeof flawOf>[0], asked, VOUCHING);
  assert.equal(flawIn({}), undefined);
  assert.equal(flawIn({ reason: 'because', state: 'pending' }), undefined, 'what is no part of it');
  const altered: readonly Partial<ApprovalDocument>[] = [
    { effect: { ...effect, changes: [{ ...change, after: '"view"' }] } },
    { effect: { ...made.effect, summary: 'makes nothing' } },
    { effect: { ...made.effect, omitted: 1 } },
    { action: 'create configmaps hello' },
    { cluster: 'other' },
    { requester: { ...requester, purpose: 'good' } },
    { requirements: wanted.requirements.map((one) => ({ ...one, reason: 'harmless' })) },
    { requirements: wanted.requirements.map((one) => ({ ...one, ownerMay: true })) },
    { salt: '00' },
    { askedAt: '0' },
    { expiresAt: '3' },
    { target: '/b' },
    { card: `${value.card}0` },
  ];
  for (const more of altered)
    assert.equal(flawIn(more), 'what people were shown is not what was asked', JSON.stringify(more));
  for (const card of ['', undefined as unknown as string, `x${value.card}`])
    assert.equal(flawIn({ card }), 'it was asked under another key of the store than there is now');
  assert.notEqual(flawIn({}, 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0009'), undefined, 'the card of another approval');
});

test('of what is made, what its body names is compared, also where whoever altered it made its digest again', () => {
  const changes = [
    { path: 'data.cmd', after: '"rm -rf /"' },
    { path: 'metadata.name', after: '"evil"' },
    { path: 'spec.clusterIP', after: '"10.0.0.1"' },
  ];
  const makes = { ...wanted.effect, changes, named: [0, 1] };
  const asking = { ...wanted, target: '/api/v1/namespaces/demo/configmaps', effect: makes };
  const { target, requirements, requester } = asking;
  const flawIn = (more: Partial<Unsealed>) =>
    flawOf(asAsked(approved({ target, effect: makes, ...more })), asking, VOUCHING);
  const withChanges = (...others: readonly Change[]) => ({ effect: { ...makes, changes: others } });
  const [cmd, name, address] = changes as unknown as [Change, Change, Change];
  assert.equal(flawIn({}), undefined);
  assert.equal(flawIn(withChanges(cmd, name, { ...address, after: '"10.0.0.2"' })), undefined, 'what the server adds');
  for (const altered of [
    withChanges({ ...cmd, after: '"harmless"' }, name, address),
    withChanges({ ...cmd, before: '"rm -rf /"' }, name, address),
    withChanges(name, address),
    withChanges(cmd, { ...cmd, after: '"harmless"' }, name, address),
    withChanges(),
    { effect: { ...makes, named: [], changes: [name, address] } },
    { effect: { ...makes, omitted: 1 } },
    { effect: { ...makes, summary: 'makes nothing' } },
  ])
    assert.equal(flawIn(altered), OTHER_EFFECT, JSON.stringify(altered));
  for (const altered of [
    { action: 'create configmaps hello in namespace demo' },
    { cluster: 'other' },
    { target: '/api/v1/namespaces/demo/configmaps/x' },
    { requester: { ...requester, purpose: 'good' } },
    { requester: { ...requester, owner: 'grace' } },
    { requester: { ...requester, act: [{ issuer: 'i', subject: 's' }] } },
    { requirements: requirements.map((one) => ({ ...one, reason: 'harmless' })) },
    { requirements: requirements.map((one) => ({ ...one, quorum: 2 })) },
    { requirements: requirements.map((one) => ({ ...one, rule: { set: 'lab', id: 'other' } })) },
  ])
    assert.equal(flawIn(altered), OTHER_FACTS, JSON.stringify(altered));
});

test('a signature that nobody gave to a gateway, and one without a passkey where that must be, is none', () => {
  const { id, version, value } = asAsked(approved());
  const [given] = value.signatures;
  assert.ok(given);
  const flawIn = (signatures: readonly Signature[], needsPasskey = false) =>
    flawOf({ id, version, value: { ...value, signatures } } as Parameters<typeof flawOf>[0], wanted, {
      vouch: VOUCH,
      needsPasskey: () => needsPasskey,
    });
  const passkey = { passkey: 'p', shown: '', said: '', nonce: '' } as unknown as NonNullable<
    Signature['countersignature']
  >;
  const { mac: _, ...bare } = given;
  const elsewhere = asAsked(approved(), 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0009').value.signatures;
  for (const made of [
    [bare],
    [{ ...given, mac: '' }],
    [{ ...given, by: { ...given.by, subject: 'alan' } }],
    [{ ...given, by: { ...given.by, issuer: 'other' } }],
    [{ ...given, groups: ['approvers', 'others'] }],
    [{ ...given, known: ['x'] }],
    [{ ...given, at: '2026-01-01T00:00:01.000Z' }],
    [{ ...given, reason: 'because' }],
    [{ ...given, countersignature: passkey }],
    [given, bare],
    elsewhere,
  ])
    assert.equal(flawIn(made), 'nobody gave it a signature that stands under it', JSON.stringify(made));
  assert.equal(flawIn([given]), undefined);
  assert.equal(flawIn([given], true), 'a signature that stands under it is of no passkey');
  assert.equal(flawIn([vouchedFor(VOUCH, { id, value }, { ...bare, countersignature: passkey })], true), undefined);
});
