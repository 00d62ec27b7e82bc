// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Decided, Looked } from '../exchange.ts';
import type { Stage } from '../lane-table.ts';
import { inputOf } from '../policies/input-of.ts';
import type { PolicyStore } from '../policies/policy-store.ts';

/** Asks policy. Whatever it says stays with the exchange, so that a refusal names the rules; `approve` acts on it. */
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
