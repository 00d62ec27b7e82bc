// SPDX-License-Identifier: Apache-2.0

/** Things that wait, each somebody's: everybody has a turn, and within it first come, first served. */
export class FairQueue<T> {
  /** In the order of the turns. */
  readonly #waiting = new Map<string, T[]>();

  push(owner: string, thing: T): void {
    const things = this.#waiting.get(owner);
    if (things) things.push(thing);
    else this.#waiting.set(owner, [thing]);
  }

  /** Takes out what is next; its owner's others wait for all other owners. */
  shift(): T | undefined {
    const [turn] = this.#waiting;
    if (!turn) return undefined;
    const [owner, things] = turn;
    const thing = things.shift();
    this.#waiting.delete(owner);
    if (things.length > 0) this.#waiting.set(owner, things);
    return thing;
  }

  /** Takes out a thing that waits no longer, if it still does. */
  remove(owner: string, thing: T): void {
    const left = this.#waiting.get(owner)?.filter((other) => other !== thing);
    if (left && left.length > 0) this.#waiting.set(owner, left);
    else this.#waiting.delete(owner);
  }

  /** Takes out all of them. */
  clear(): T[] {
    const things = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return things;
  }
}
