// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../config/schema.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import type { RegisteredAgent } from '../identity/identify.ts';
import { rolesOf } from './authorize.ts';

const ISSUER = 'https://idp.example.com';

const config = {
  issuers: [
    { kind: 'oidc', name: 'people', issuer: ISSUER },
    { kind: 'oidc', name: 'others', issuer: 'https://other.example.com' },
  ],
  roles: {
    operator: [{ issuer: 'people', group: 'operators' }],
    auditor: [{ issuer: 'people', group: 'auditors' }],
    approver: [{ issuer: 'people', group: 'platform' }],
  },
} as unknown as Config;

const registry = {
  lookup: (issuer: string, subject: string) =>
    issuer === ISSUER && subject === 'reporter' ? ({ kind: 'agent', id: 'reporter' } as RegisteredAgent) : undefined,
};

const roles = (facts: Partial<TokenFacts>) => {
  const token = { issuer: ISSUER, subject: 'somebody', groups: ['operators'], act: [], ...facts } as TokenFacts;
  return rolesOf(token, config, registry);
};

test('roles come with the groups of the issuer that the binding names', () => {
  assert.deepEqual(roles({}), ['operator']);
  assert.deepEqual(roles({ groups: ['auditors', 'operators'] }), ['operator', 'auditor']);
  assert.deepEqual(roles({ groups: ['platform'] }), ['approver']);
  assert.deepEqual(roles({ issuer: 'https://other.example.com', groups: ['platform'] }), []);
  assert.deepEqual(roles({ groups: ['Operators', 'others'] }), []);
  assert.deepEqual(roles({ issuer: 'https://other.example.com' }), []);
  assert.deepEqual(roles({ issuer: 'https://unknown.example.com' }), []);
});

test('where it is not known who is an agent, nobody has a role', () => {
  const lookup = () => {
    throw new TypeError('not read');
  };
  const token = { issuer: ISSUER, subject: 'somebody', groups: ['operators'], act: [] } as unknown as TokenFacts;
  assert.throws(() => rolesOf(token, config, { lookup }), TypeError);
});

test('an agent has none, whatever its groups, nor has one that acts for an operator', () => {
  assert.deepEqual(roles({ subject: 'reporter' }), []);
  assert.deepEqual(roles({ act: [{ issuer: ISSUER, subject: 'reporter' }] }), []);
  assert.deepEqual(roles({ act: [{ issuer: ISSUER, subject: 'unheard-of' }] }), []);
});
