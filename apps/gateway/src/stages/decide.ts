// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Decision, PolicyInput } from '@countersign/policy';
import { askerOf } from '../apart/asker-of.ts';
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
  const asDecided = (exchange: Looked, input: PolicyInput, decision: Decision): Decided => {
    const made = grants.applyTo({ id: randomUUID(), decision, input });
    const decided = { ...exchange, made };
    // In the same turn: policies that change, and grants that end, from here on find it among the live ones.
    exchange.life.decided(decided);
    return decided;
  };
  const ask = (exchange: Looked) => {
    const [inForce, input] = [policies.forCluster(exchange.cluster), inputOf(exchange, exchange, now())];
    return { epoch: inForce.epoch, input, decision: inForce.decideFor(askerOf(exchange), input) };
  };
  const decideApart = async (exchange: Looked, first: ReturnType<typeof ask>): Promise<Decided> => {
    for (let asked = first; ; asked = ask(exchange)) {
      const decision = await asked.decision;
      // Of policies that changed meanwhile it is asked again.
      if (asked.epoch === policies.epoch) return asDecided(exchange, asked.input, decision);
    }
  };
  return (exchange) => {
    const asked = ask(exchange);
    const { decision, input } = asked;
    return decision instanceof Promise ? decideApart(exchange, asked) : asDecided(exchange, input, decision);
  };
}
