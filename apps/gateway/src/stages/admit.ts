// SPDX-License-Identifier: Apache-2.0
import type { Admitted, Identified } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import type { Stage } from '../lane-table.ts';
import type { AgentLimits } from '../limits/agent-limits.ts';
import type { HeldBytes } from '../limits/held-bytes.ts';

export interface AdmitParts {
  readonly registry: AgentRegistry;
  readonly limits: AgentLimits;
  readonly held: HeldBytes;
}

/** Holds an agent to its limits before anything costly is done for it. */
export function admit({ registry, limits, held }: AdmitParts): Stage<Identified, Admitted> {
  return (exchange) => {
    const { id } = exchange.principal;
    const allowance = limits.admit(id, registry.limitsOf(id));
    if (allowance instanceof Fault) return allowance;
    const hold = held.open(id);
    const life = {
      ...exchange.life,
      leave() {
        hold.release();
        allowance.leave();
        exchange.life.leave();
      },
    };
    return { ...exchange, allowance, hold, life };
  };
}
