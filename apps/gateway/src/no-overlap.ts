// SPDX-License-Identifier: Apache-2.0

/** Work that must not overlap, by what it is about: one after another, in the order of the calls. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(about: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(about) ?? Promise.resolve();
    const turn = before.then(work, work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(about, settled);
    void settled.then(() => {
      if (this.#last.get(about) === settled) this.#last.delete(about);
    });
    return turn;
  }
}
