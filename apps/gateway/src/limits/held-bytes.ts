// SPDX-License-Identifier: Apache-2.0
import { Fault } from '../faults.ts';

/** One agent has at most this part of the whole, so that it can't keep all others from writing. */
const SHARE = 1 / 4;

/** What one exchange holds in memory. */
export interface Hold {
  /** Takes room for so many bytes more, or says why there is none; what is refused takes nothing. */
  take(bytes: number): Fault | undefined;
  /** Gives so many of the bytes back that were taken. */
  giveBack(bytes: number): void;
  /** Gives all of it back. */
  release(): void;
}

/**
 * The memory that bodies take while they are read, judged and sent: those of requests, answers that the gateway reads
 * for itself, and in an answer that flows through it an object of over 64 KiB while that is masked and sent. What is passed on
 * as it flows is not held.
 */
export class HeldBytes {
  readonly #maxBytes: number;
  readonly #byAgent = new Map<string, number>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  open(agent: string): Hold {
    let held = 0;
    return {
      take: (bytes) => {
        const fault = this.#take(agent, bytes);
        if (!fault) held += bytes;
        return fault;
      },
      giveBack: (bytes) => {
        this.#giveBack(agent, bytes);
        held -= bytes;
      },
      release: () => {
        this.#giveBack(agent, held);
        held = 0;
      },
    };
  }

  #take(agent: string, bytes: number): Fault | undefined {
    const ofAgent = (this.#byAgent.get(agent) ?? 0) + bytes;
    if (ofAgent > this.#maxBytes * SHARE) return new Fault('ERR_LIMIT_BODIES');
    if (this.#bytes + bytes > this.#maxBytes) return new Fault('ERR_BODIES_FULL');
    this.#bytes += bytes;
    this.#byAgent.set(agent, ofAgent);
    return undefined;
  }

  #giveBack(agent: string, bytes: number): void {
    this.#bytes -= bytes;
    const left = (this.#byAgent.get(agent) ?? 0) - bytes;
    if (left > 0) this.#byAgent.set(agent, left);
    else this.#byAgent.delete(agent);
  }
}
