// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApprovalView } from '@countersign/wire';
import { approvalOf } from './approval-of.ts';
import { approvalLine, approvalLines } from './approval-text.ts';

const ID = '01a22800-2f1e-7c3a-9d53-5a1f7c6b2d10';
const grace = { issuer: 'https://people.example', subject: 'grace' };

const approval: ApprovalView = {
  id: ID,
  state: 'pending',
  digest: 'a'.repeat(64),
  cluster: 'lab',
  agent: 'reporter',
  owner: 'ada',
  purpose: 'keeps notes',
  act: [],
  action: 'patch configmaps settings in namespace demo',
  requirements: [
    { rule: { set: 'lab', id: 'ask-settings' }, group: 'platform', quorum: 2, reason: 'The shop reads them.' },
  ],
  missing: [{ group: 'platform', count: 1 }],
  effect: {
    summary: 'patch configmaps settings in namespace demo',
    changes: [{ path: 'data.tone', before: '"warm"', after: '"calm"' }],
    omitted: 3,
  },
  exchange: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11',
  session: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e12',
  policyDigest: '',
  askedAt: '2026-11-29T16:00:00.000Z',
  expiresAt: '2026-11-29T16:15:00.000Z',
  signatures: [{ by: grace, groups: ['platform'], at: '2026-11-29T16:01:00.000Z', reason: 'fine by me' }],
};

test('an approver sees who asks for what, by which rule, what it would do, who said what and who is missing', () => {
  assert.deepEqual(approvalLines(approval), [
    `APPROVAL ${ID}`,
    'REQUEST  patch configmaps settings in namespace demo on cluster lab',
    'AGENT    reporter, of ada: keeps notes',
    'ASKED    2026-11-29 16:00Z, as request 3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11',
    'RULE     ask-settings of lab, 2 of platform: The shop reads them.',
    'WOULD    patch configmaps settings in namespace demo',
    '  data.tone',
    '    - "warm"',
    '    + "calm"',
    '  … 3 more: not shown, or not to its end; that may be what matters',
    'SAID     approved by grace, 2026-11-29 16:01Z: fine by me',
    'STATE    pending until 2026-11-29 16:15Z; missing: 1 of platform',
    `DIGEST   ${'a'.repeat(64)}`,
  ]);
  assert.equal(
    approvalLine(approval),
    `${ID}  pending  reporter  lab  patch configmaps settings in namespace demo  by 2 of platform  until 2026-11-29 16:15Z`,
  );
});

test('nothing that an agent wrote moves, hides or forges a line', () => {
  const hostile = '\u001b[2J\nSTATE    approved\u202e\r';
  const change = { path: hostile, before: hostile, after: hostile };
  const forged = {
    ...approval,
    action: hostile,
    purpose: hostile,
    effect: { summary: hostile, changes: [change], omitted: 0 },
  };
  for (const line of [...approvalLines(forged), approvalLine(forged)]) {
    assert.match(line, /^[ -~…]*$/u);
    assert.doesNotMatch(line, /^STATE {4}approved/);
  }
});

test('a long value is shown to its end', () => {
  const after = `"${'x'.repeat(5_000)}!"`;
  const lines = approvalLines({ ...approval, effect: { ...approval.effect, changes: [{ path: 'data.a', after }] } });
  assert.ok(lines.some((line) => line.endsWith('x!"')));
});

test('an answer that is no approval is an error, and not taken for one', () => {
  assert.deepEqual(approvalOf(approval), approval);
  assert.throws(() => approvalOf({ ...approval, digest: 1 }), { exitCode: 1, message: /no approval: digest/ });
});
