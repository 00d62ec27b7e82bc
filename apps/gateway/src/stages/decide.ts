// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Decision, PolicyInput } from '@countersign/policy';
import { askerOf } from '../apart/asker-of.ts';
import type { Decided, Gathered, Looked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { ActiveGrants } from '../grants/active-grants.ts';
import type { Stage } from '../lane-table.ts';
import { inputOf } from '../policies/input-of.ts';
import type { PolicyStore } from '../policies/policy-store.ts';

interface DecideParts {
  readonly policies: PolicyStore;
  readonly grants: ActiveGrants;
  readonly now: () => Date;
  readonly look: Stage<Gathered, Looked>;
}

/**
 * Asks policy, and whether a grant gives what it asks for. Whatever is said stays with the exchange, so that a refusal
 * names the rules; `approve` acts on it. Policies that came into force since its object was looked at may want to see more
 * of it: it is looked at again then.
 */
export function decide({ policies, grants, now, look }: DecideParts): Stage<Looked, Decided> {
  const asDecided = (exchange: Looked, input: PolicyInput, decision: Decision): Decided => {
    const made = grants.applyTo({ id: randomUUID(), decision, input });
    const decided = { ...exchange, made };
    // In the same turn: policies that change, and grants that end, from here on find it among the live ones.
    exchange.life.decided(decided);
    return decided;
  };
  const isCurrent = ({ lookedUnder }: Looked) => lookedUnder === policies.epoch;
  const ask = (exchange: Looked) => {
    const input = inputOf(exchange, exchange, now());
    return { input, decision: policies.forCluster(exchange.cluster).decideFor(askerOf(exchange), input) };
  };
  const decideLater = async (exchange: Looked): Promise<Decided | Fault> => {
    for (let looked = exchange; ; ) {
      if (isCurrent(looked)) {
        const { input, decision: asked } = ask(looked);
        const decision = await asked;
        if (isCurrent(looked)) return asDecided(looked, input, decision);
      }
      const again = await look(looked);
      if (again instanceof Fault) return again;
      looked = again;
    }
  };
  return (exchange) => {
    if (!isCurrent(exchange)) return decideLater(exchange);
    const { input, decision } = ask(exchange);
    if (!(decision instanceof Promise)) return asDecided(exchange, input, decision);
    return decision.then((made) => (isCurrent(exchange) ? asDecided(exchange, input, made) : decideLater(exchange)));
  };
}
