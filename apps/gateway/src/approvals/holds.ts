// SPDX-License-Identifier: Apache-2.0

/** Requests that wait for a countersignature at this gateway, counted by agent: each keeps a connection and a body. */
export class Holds {
  readonly #maxOfAgent: number;
  readonly #byAgent = new Map<string, number>();

  constructor(maxOfAgent: number) {
    this.#maxOfAgent = maxOfAgent;
  }

  /** Takes a place, to be left once; undefined where the agent has no more. */
  enter(agent: string): (() => void) | undefined {
    const held = this.#byAgent.get(agent) ?? 0;
    if (held >= this.#maxOfAgent) return undefined;
    this.#byAgent.set(agent, held + 1);
    return () => {
      const left = (this.#byAgent.get(agent) ?? 1) - 1;
      if (left === 0) this.#byAgent.delete(agent);
      else this.#byAgent.set(agent, left);
    };
  }
}
