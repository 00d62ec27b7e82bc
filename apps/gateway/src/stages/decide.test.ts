// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import type { Decision, PolicyInput } from '@countersign/policy';
import type { Decided, Gathered, Looked } from '../exchange.ts';
import type { ActiveGrants } from '../grants/active-grants.ts';
import { decide } from './decide.ts';

const allow: Decision = { effect: 'allow', policyDigest: 'one', rules: [], reveal: false };
const deny: Decision = { effect: 'deny', policyDigest: 'two', rules: [], reason: 'no-permit' };
const grants = { applyTo: (made: object) => made } as unknown as ActiveGrants;

/** Policies of which others come into force while the first are asked; each look sees the object. */
function changing() {
  const policies = {
    epoch: 1,
    forCluster: () => ({
      decideFor: async (_: unknown, { live }: PolicyInput) => {
        const decision = policies.epoch === 1 || live === null ? allow : deny;
        policies.epoch = 2;
        return decision;
      },
    }),
  };
  const look = (looked: Gathered) => ({ ...looked, live: { labels: [] }, lookedUnder: policies.epoch });
  const parts = { policies, grants, now: () => new Date(0), look };
  return { policies, run: decide(parts as unknown as Parameters<typeof decide>[0]) };
}

function exchangeOf(told: Decided[]): Looked {
  return {
    ...{ cluster: 'lab', principal: { id: 'a' }, live: null, dryRun: false, body: undefined, lookedUnder: 1 },
    request: parseRequest('GET', '/api/v1/namespaces/demo/configmaps/x'),
    token: { expiresAt: 0 },
    incoming: { remoteAddress: '192.0.2.1' },
    abort: new AbortController(),
    allowance: { spendRequests() {} },
    life: { decided: (decided: Decided) => told.push(decided) },
  } as unknown as Looked;
}

test('policies that come into force while it is decided are those that count, and see of the object what they ask for', async () => {
  const told: Decided[] = [];
  const decided = (await changing().run(exchangeOf(told))) as Decided;
  assert.equal(decided.made.decision, deny);
  assert.deepEqual(told, [decided]);
});

test('so do those that come into force while it is looked at', async () => {
  const { policies, run } = changing();
  policies.epoch = 2;
  const decided = (await run(exchangeOf([]))) as Decided;
  assert.equal(decided.made.decision, deny);
});
