// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GrantLike, lengthWords, mayRevoke, scopeWords, whyNoSignature } from './grant-words.ts';

const scope = { verbs: ['delete', 'patch'], resources: ['configmaps'], namespaces: ['demo'] };
const grant: GrantLike & { agent: string } = {
  state: 'pending',
  agent: 'worker',
  scope,
  signatures: [],
};
const ada = {
  issuer: 'https://idp.example',
  subject: 'ada',
  roles: ['approver'],
  agents: [] as string[],
};

test('a scope is said whole, and what is in no namespace as such', () => {
  assert.equal(scopeWords(scope), 'delete, patch configmaps in demo');
  assert.equal(scopeWords({ ...scope, names: ['a', 'b'] }), 'delete, patch configmaps named a, b in demo');
  const labelled = { ...scope, labels: ['app=web', 'tier=a'] };
  assert.equal(scopeWords(labelled), 'delete, patch configmaps labelled app=web and tier=a in demo');
  assert.equal(scopeWords({ ...scope, namespaces: [''] }), 'delete, patch configmaps cluster-wide');
  assert.equal(scopeWords({ ...scope, namespaces: ['demo', ''] }), 'delete, patch configmaps in demo and cluster-wide');
});

test('a length is said to the second where that counts', () => {
  assert.deepEqual([10, 90, 150, 900, 3_600, 9_000].map(lengthWords), [
    '10 s',
    '90 s',
    '2 min 30 s',
    '15 min',
    '1 h',
    '2 h 30 min',
  ]);
});

test('whoever is no approver, or has signed, signs nothing; of one that is in force further people do', () => {
  const by = { issuer: ada.issuer, subject: ada.subject };
  assert.equal(whyNoSignature(grant, ada), undefined);
  assert.match(whyNoSignature(grant, { ...ada, roles: ['operator'] }) ?? '', /Approvers/);
  assert.match(whyNoSignature({ ...grant, state: 'active', signatures: [{ by }] }, ada) ?? '', /have signed/);
  const others = [{ by: { ...by, issuer: 'https://other.example' } }];
  assert.equal(whyNoSignature({ ...grant, state: 'active', signatures: others }, ada), undefined);
  for (const state of ['denied', 'expired', 'revoked', 'withdrawn'] as const) {
    assert.ok(whyNoSignature({ ...grant, state }, ada));
    assert.equal(mayRevoke({ ...grant, state }, ada), false);
  }
  assert.equal(mayRevoke(grant, { ...ada, roles: ['auditor'] }), false);
  assert.equal(mayRevoke({ ...grant, state: 'active' }, { ...ada, roles: ['operator'] }), true);
  const owner = { ...ada, roles: ['owner'], agents: ['worker'] };
  assert.deepEqual([mayRevoke(grant, owner), mayRevoke({ ...grant, agent: 'other' }, owner)], [true, false]);
});
