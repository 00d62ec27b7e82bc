// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Decided, Looked } from '../exchange.ts';
import type { Stage } from '../lane-table.ts';
import { inputOf } from '../policies/input-of.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { refusalOf } from '../policies/refusal-of.ts';

/** Asks policy. A deny ends here; the decision stays with the exchange, so that its refusal names the rules. */
export function decide(policies: PolicyStore, now: () => Date): Stage<Looked, Decided> {
  return (exchange) => {
    const input = inputOf(exchange, exchange.live, now());
    const decision = policies.forCluster(exchange.cluster).decide(input);
    const decided = { ...exchange, made: { id: randomUUID(), decision, input } };
    // In the same turn: policies that change from here on find it among the live ones.
    exchange.life.decided(decided);
    return decided;
  };
}

/** Lets allows on. */
export function enforce(policies: PolicyStore): Stage<Decided, Decided> {
  return (exchange) => refusalOf(exchange.made, policies.forCluster(exchange.cluster)) ?? exchange;
}
