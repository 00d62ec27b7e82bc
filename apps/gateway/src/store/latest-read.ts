// SPDX-License-Identifier: Apache-2.0

/** Reads of the store that may overtake one another: what an earlier one found does not take the place of a later one's. */
export class LatestRead {
  /** Of the read that was begun last, and of the one that is in force. */
  #begun = 0;
  #inForce = 0;

  /** Reads, and hands what was found to `take`, unless a read that was begun later has; that may know of more. */
  async take<T>(read: () => Promise<T>, take: (found: T) => void): Promise<T> {
    this.#begun += 1;
    const turn = this.#begun;
    const found = await read();
    if (turn < this.#inForce) return found;
    this.#inForce = turn;
    take(found);
    return found;
  }
}
