// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApprovalView } from '@countersign/wire';
import {
  byUrgency,
  idFrom,
  isSession,
  mayWithdraw,
  missingWords,
  stateWords,
  summaryWords,
  whyNot,
} from './approval-words.ts';

const grace = { issuer: 'https://people.example', subject: 'grace' };

const pending: ApprovalView = {
  id: '01a22800-2f1e-7c3a-9d53-5a1f7c6b2d10',
  state: 'pending',
  digest: 'a'.repeat(64),
  cluster: 'lab',
  agent: 'reporter',
  owner: 'ada',
  purpose: 'keeps notes',
  act: [],
  action: 'patch configmaps settings in namespace demo',
  requirements: [{ rule: { set: 'lab', id: 'ask-settings' }, group: 'platform', quorum: 2 }],
  missing: [{ group: 'platform', count: 2 }],
  effect: { summary: '', changes: [], omitted: 0 },
  exchange: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11',
  session: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e12',
  policyDigest: '',
  askedAt: '2026-11-29T16:00:00.000Z',
  expiresAt: '2026-11-29T16:15:00.000Z',
  signatures: [],
};

test('who is in a group that is missing may say yes or no, and nobody else', () => {
  assert.equal(whyNot(pending, { ...grace, approverGroups: ['platform'] }), undefined);
  assert.match(whyNot(pending, { ...grace, approverGroups: ['other'] }) ?? '', /none of the groups.*2 of platform/);
});

test('a person counts once, and by issuer and subject together', () => {
  const signature = { by: grace, groups: ['platform'], at: '2026-11-29T16:01:00.000Z', reason: '' };
  const half = { ...pending, missing: [{ group: 'platform', count: 1 }], signatures: [signature] };
  assert.match(whyNot(half, { ...grace, approverGroups: ['platform'] }) ?? '', /You have countersigned this/);
  const other = { issuer: 'https://else.example', subject: 'grace', approverGroups: ['platform'] };
  assert.equal(whyNot(half, other), undefined);
});

test('of what has ended nobody has anything to say', () => {
  for (const state of ['approved', 'denied', 'expired', 'used', 'withdrawn'] as const)
    assert.equal(whyNot({ ...pending, state }, { ...grace, approverGroups: ['platform'] }), stateWords({ state }));
});

test('a summary does not say the action again', () => {
  assert.equal(
    summaryWords('delete pods a', 'delete pods a; uid 1; propagation Background'),
    'uid 1; propagation Background',
  );
  assert.equal(summaryWords('delete pods a', 'delete pods a'), '');
  assert.equal(summaryWords('delete pods a', 'delete pods ab'), 'delete pods ab');
});

test('what is approved and not used may be taken back by whoever may countersign it', () => {
  const person = { ...grace, approverGroups: ['platform'] };
  assert.equal(mayWithdraw({ ...pending, state: 'approved' }, person), true);
  assert.equal(mayWithdraw({ ...pending, state: 'approved' }, { ...grace, approverGroups: ['other'] }), false);
  assert.equal(mayWithdraw({ ...pending, state: 'used' }, person), false);
});

test('who is missing is told with how many', () => {
  const missing = [
    { group: 'platform', count: 2 },
    { group: 'security', count: 1 },
  ];
  assert.equal(missingWords({ missing }), '2 of platform and security');
});

test('what has the least time stands first, and what ended last before what ended long ago', () => {
  const later = { ...pending, id: 'later', expiresAt: '2026-11-29T16:20:00.000Z' };
  const used = { ...pending, id: 'used', state: 'used' as const };
  const usedLater = { ...used, id: 'used-later', askedAt: '2026-11-29T16:10:00.000Z' };
  const order = [used, later, usedLater, pending].sort(byUrgency).map(({ id }) => id);
  assert.deepEqual(order, [pending.id, 'later', 'used-later', 'used']);
});

test('ids of a later time are greater, those of an earlier one less', () => {
  const at = 0x01a228002f1e;
  assert.equal(idFrom(at), '01a22800-2f1e');
  assert.ok(pending.id > idFrom(at));
  assert.ok(pending.id < idFrom(at + 1));
});

test('a session is known by its action, and no write is taken for one', () => {
  for (const action of [
    'exec pods/exec web in namespace demo',
    'attach pods/attach a',
    'portforward pods/portforward b',
  ])
    assert.equal(isSession(action), true, action);
  for (const action of ['create execs.example.com exec in namespace demo', 'delete pods exec', 'execute pods a'])
    assert.equal(isSession(action), false, action);
});
