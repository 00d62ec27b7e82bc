// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApprovalDocument } from './approval.ts';
import { asAsked, askingFor, signatureOf, VOUCH } from './approval-fixture.ts';
import { type Verdict, verdictProblem } from './verdict.ts';

const DIGEST = 'a'.repeat(64);
const NOW = new Date('2026-01-01T00:00:00Z');
const now = () => NOW;

type Unsealed = Omit<ApprovalDocument, 'card'>;

function approval(more: Partial<Unsealed> = {}): Unsealed {
  const { ttlSeconds: _, ...asked } = askingFor(DIGEST);
  const expiresAt = '2026-01-01T00:01:00.000Z';
  return { ...asked, state: 'pending', signatures: [], salt: '', askedAt: NOW.toISOString(), expiresAt, ...more };
}

const grace: Verdict = {
  kind: 'approve',
  signature: signatureOf('grace'),
  digest: DIGEST,
  unseen: 0,
  names: [],
  allGroups: [],
};

test('who may say what', () => {
  const { requester } = approval();
  const asSelf = { ...grace, signature: { ...signatureOf('worker'), by: requester } };
  const elsewhere = (subject: string) => ({
    ...signatureOf(subject),
    by: { issuer: 'https://other.example', subject },
  });
  const forGrace = approval({ requester: { ...requester, act: [grace.signature.by] } });
  const [rule] = approval().requirements;
  assert.ok(rule);
  const ownersToo = approval({ requirements: [{ ...rule, ownerMay: true }] });
  const one = approval({ requirements: [{ ...rule, ownerMay: true }, rule] });
  const ownedBy = (owner: string) => approval({ requester: { ...requester, owner } });
  const padded = approval({ effect: { ...approval().effect, omitted: 3 } });
  const cases: readonly [string, Unsealed, Verdict, ReturnType<typeof verdictProblem>][] = [
    ['a member of the group', approval(), grace, undefined],
    ['who asked', approval(), asSelf, 'ERR_APPROVAL_SELF'],
    ['for whom it is asked', forGrace, grace, 'ERR_APPROVAL_SELF'],
    ['who asked, by another issuer', approval(), { ...grace, signature: elsewhere('worker') }, 'ERR_APPROVAL_SELF'],
    ['for whom, by another issuer', forGrace, { ...grace, signature: elsewhere('grace') }, 'ERR_APPROVAL_SELF'],
    ['the owner', approval(), { ...grace, signature: signatureOf('ada') }, 'ERR_APPROVAL_OWNER'],
    ['the owner, where the rule says so', ownersToo, { ...grace, signature: signatureOf('ada') }, undefined],
    ['the owner, where one rule says so', one, { ...grace, signature: signatureOf('ada') }, 'ERR_APPROVAL_OWNER'],
    [
      'the owner, by another claim',
      approval(),
      { ...grace, names: ['grace', 'Ada@example.com'] },
      'ERR_APPROVAL_OWNER',
    ],
    ['of the team that owns it', ownedBy('sre'), { ...grace, allGroups: ['approvers', 'sre'] }, 'ERR_APPROVAL_OWNER'],
    ['perhaps the owner', ownedBy('ada@example.com'), grace, 'ERR_APPROVAL_OWNER_UNCLEAR'],
    ['not the owner', ownedBy('ada@example.com'), { ...grace, names: ['grace@example.com'] }, undefined],
    ['who asked, by another claim', approval(), { ...grace, names: ['worker'] }, 'ERR_APPROVAL_SELF'],
    ['of no group', approval(), { ...grace, signature: signatureOf('eve', []) }, 'ERR_APPROVAL_GROUP'],
    ['of something else', approval(), { ...grace, digest: `b${DIGEST.slice(1)}` }, 'ERR_APPROVAL_DIGEST'],
    ['of a part of it', approval(), { ...grace, digest: DIGEST.slice(1) }, 'ERR_APPROVAL_DIGEST'],
    ['of what was not shown', padded, grace, 'ERR_APPROVAL_UNSEEN'],
    ['of what was not shown, knowingly', padded, { ...grace, unseen: 3 }, undefined],
    ['against what was not shown', padded, { ...grace, kind: 'deny' }, undefined],
    ['once more', approval({ signatures: [signatureOf('grace')] }), grace, 'ERR_APPROVAL_TWICE'],
    [
      'once more, by another issuer',
      approval({ requirements: [{ ...rule, quorum: 2 }], signatures: [signatureOf('grace')] }),
      { ...grace, signature: elsewhere('grace') },
      'ERR_APPROVAL_TWICE',
    ],
    [
      'once more, as another subject with the same address',
      approval({
        requirements: [{ ...rule, quorum: 2 }],
        signatures: [{ ...signatureOf('u-1'), known: ['x', 'zoe'] }],
      }),
      { ...grace, signature: { ...elsewhere('u-2'), known: ['zoe', 'y'] } },
      'ERR_APPROVAL_TWICE',
    ],
    ['of a group that has', approval({ signatures: [signatureOf('alan')] }), grace, 'ERR_APPROVAL_NOT_NEEDED'],
    ['of what is approved', approval({ state: 'approved' }), grace, 'ERR_APPROVAL_STATE'],
    ['of what is used', approval({ state: 'used' }), { ...grace, kind: 'withdraw' }, 'ERR_APPROVAL_STATE'],
    ['a withdrawal', approval({ state: 'approved' }), { ...grace, kind: 'withdraw' }, undefined],
    ['when it is due', approval({ expiresAt: NOW.toISOString() }), grace, 'ERR_APPROVAL_STATE'],
  ];
  for (const [what, asked, verdict, expected] of cases)
    assert.equal(verdictProblem(asAsked(asked), verdict, { vouch: VOUCH, now }), expected, what);
});

test('of a card that was altered nobody says yes or no, and a yes is taken back', () => {
  const { id, value } = asAsked(approval());
  const altered = { id, value: { ...value, action: 'create configmaps hello' } };
  const problem = (kind: Verdict['kind']) => verdictProblem(altered, { ...grace, kind }, { vouch: VOUCH, now });
  assert.deepEqual((['approve', 'deny', 'withdraw'] as const).map(problem), [
    'ERR_APPROVAL_UNSOUND',
    'ERR_APPROVAL_UNSOUND',
    undefined,
  ]);
});
