// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import type { Decision } from '@countersign/policy';
import type { Decided, Looked } from '../exchange.ts';
import type { ActiveGrants } from '../grants/active-grants.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { decide } from './decide.ts';

const allow: Decision = { effect: 'allow', policyDigest: 'one', rules: [], reveal: false };
const deny: Decision = { effect: 'deny', policyDigest: 'two', rules: [], reason: 'no-permit' };
const grants = { applyTo: (made: object) => made } as unknown as ActiveGrants;

test('policies that come into force while it is decided are asked as well, and are those that count', async () => {
  const policies = {
    epoch: 1,
    forCluster: () => ({
      epoch: policies.epoch,
      decideFor: async () => {
        const decision = policies.epoch === 1 ? allow : deny;
        policies.epoch = 2;
        return decision;
      },
    }),
  };
  const told: Decided[] = [];
  const exchange = {
    ...{ cluster: 'lab', principal: { id: 'a' }, live: null, dryRun: false, body: undefined },
    request: parseRequest('GET', '/api/v1/namespaces/demo/configmaps/x'),
    token: { expiresAt: 0 },
    incoming: { remoteAddress: '192.0.2.1' },
    abort: new AbortController(),
    allowance: { spendRequests() {} },
    life: { decided: (decided: Decided) => told.push(decided) },
  } as unknown as Looked;
  const run = decide(policies as unknown as PolicyStore, grants, () => new Date(0));
  const decided = (await run(exchange)) as Decided;
  assert.equal(decided.made.decision, deny);
  assert.deepEqual(told, [decided]);
});
