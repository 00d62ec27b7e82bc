// SPDX-License-Identifier: Apache-2.0
import { everyDocument } from '../store/every-document.ts';
import type { Collection, OpenApprovalDocument, Versioned } from '../store/store.ts';

type Pointer = Versioned<OpenApprovalDocument>;

/** So many are parsed in one turn of the event loop. */
const PAGE = 250;

/** Where the open approval of an agent's request stands. Ids of agents have no slash. */
export function placeOf(agent: string, digest: string): string {
  return `${agent}/${digest}`;
}

/** Where approvals stand that are open, or were denied a moment ago. */
export class OpenPointers {
  readonly #pointers: Collection<OpenApprovalDocument>;
  /** The read that goes on, and the one after it, which all wait for who come meanwhile. */
  #reading: Promise<unknown> = Promise.resolve();
  #next: Promise<readonly Pointer[]> | undefined;

  constructor(pointers: Collection<OpenApprovalDocument>) {
    this.#pointers = pointers;
  }

  /** An agent's own, however many others have: as many as it may have open, and what was denied in a minute. */
  ofAgent(agent: string): Promise<readonly Pointer[]> {
    // The character after the slash.
    return everyDocument(this.#pointers, { after: `${agent}/`, before: `${agent}0`, limit: PAGE });
  }

  /** Those of all agents, as they are after this is called, in order of time: read once for all who ask meanwhile. */
  all(): Promise<readonly Pointer[]> {
    this.#next ??= this.#afterThis();
    return this.#next;
  }

  async #afterThis(): Promise<readonly Pointer[]> {
    await this.#reading;
    this.#next = undefined;
    const read = everyDocument(this.#pointers, { limit: PAGE });
    this.#reading = read.then(
      () => undefined,
      () => undefined,
    );
    return inOrder(await read);
  }
}

/** By the ids of their approvals, which are in order of time. */
export function inOrder(pointers: readonly Pointer[]): readonly Pointer[] {
  return pointers.toSorted((one, other) => (one.value.approval < other.value.approval ? -1 : 1));
}
