// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApprovalDocument } from './approval.ts';
import { asAsked, askingFor, HMAC, signatureOf } from './approval-fixture.ts';
import { flawOf } from './flaw-of.ts';

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
  const known = (address: string) =>
    approved({
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
    ['two of two', signed('grace', 'alan'), two, undefined],
    ['the owner, where the rule says so', signed('ada'), ownersToo, undefined],
    ['nobody', signed(), wanted, 'not all who must have countersigned it'],
    ['one of two', signed('grace'), two, 'not all who must have countersigned it'],
    ['somebody of another group', outsider, wanted, 'not all who must have countersigned it'],
    ['requirements that were taken out', lenient, wanted, 'not all who must have countersigned it'],
    ['one person twice', signed('grace', 'grace'), two, 'one person stands twice under it'],
    ['one person as two', known('zoe'), two, 'one person stands twice under it'],
    ['two who are known by other addresses', known('alan'), two, undefined],
    ['who asked', signed('worker'), wanted, 'who asked stands under it'],
    ['for whom it is asked', signed('alan'), forAlan, 'who asked stands under it'],
    ['the owner', signed('ada'), wanted, 'the owner stands under it'],
    ['the owner, of an agent with another one', disowned, wanted, 'the owner stands under it'],
    ['another diff', shown('deletes nothing'), present, 'people were shown something else than it does'],
    ['another list', shown('deletes nothing'), listed, 'people were shown something else than it does'],
    ['the diff of what is there', shown(wanted.effect.summary), present, undefined],
    ['what is made, shown as it was then', shown('makes it under another name'), wanted, undefined],
    ['another request', approved({ digest: 'b'.repeat(64) }), wanted, 'it is of another request'],
  ];
  for (const [what, document, asked, expected] of cases)
    assert.equal(flawOf(asAsked(document), asked, HMAC), expected, what);
});

test('of a plan, what is wanted is one of the requests that it was found among, as people were shown it', () => {
  const [one, other] = ['1'.repeat(64), '2'.repeat(64)];
  const effect = { ...wanted.effect, object: { uid: 'u', resourceVersion: '1' } };
  const memberOf = (digest: string) => ({ digest, request: digest, action: '', requirements: [rule], effect });
  const plan = approved({ members: [memberOf(one), memberOf(other)] });
  const member = { digest: one, among: [one, other] };
  const part = { ...wanted, effect, member };
  const flawIn = (document: Unsealed, asked: Parameters<typeof flawOf>[1]) => flawOf(asAsked(document), asked, HMAC);
  assert.equal(flawIn(plan, part), undefined);
  const shown = { ...effect, summary: 'deletes nothing' };
  for (const altered of [
    approved(),
    approved({ members: [memberOf(one)] }),
    approved({ members: [memberOf(other), memberOf(one)] }),
    approved({ members: [{ ...memberOf(one), effect: shown }, memberOf(other)] }),
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
  const asked = { ...wanted, effect: made.effect };
  const flawIn = (more: Partial<ApprovalDocument>, name = id) =>
    flawOf({ id: name, version, value: { ...value, ...more } } as Parameters<typeof flawOf>[0], asked, HMAC);
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
    { card: '' },
    { card: undefined as unknown as string },
  ];
  for (const more of altered)
    assert.equal(flawIn(more), 'what people were shown is not what was asked', JSON.stringify(more));
  assert.notEqual(flawIn({}, 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0009'), undefined, 'the card of another approval');
});
