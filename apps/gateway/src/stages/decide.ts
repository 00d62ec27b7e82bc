// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Decided, Looked } from '../exchange.ts';
import type { ActiveGrants } from '../grants/active-grants.ts';
import type { Stage } from '../lane-table.ts';
import { inputOf } from '../policies/input-of.ts';
import type { PolicyStore } from '../policies/policy-store.ts';

/**
 * Asks policy, and whether a grant gives what it asks for. Whatever is said stays with the exchange, so that a refusal
 * names the rules; `approve` acts on it.
 */
export function decide(policies: PolicyStore, grants: ActiveGrants, now: () => Date): Stage<Looked, Decided> {
  return (exchange) => {
    const input = inputOf(exchange, exchange.live, now());
    const decision = policies.forCluster(exchange.cluster).decide(input);
    const made = grants.applyTo({ id: randomUUID(), decision, input });
    const decided = { ...exchange, made };
    // In the same turn: policies that change, and grants that end, from here on find it among the live ones.
    exchange.life.decided(decided);
    return decided;
  };
}
