// SPDX-License-Identifier: Apache-2.0

interface Place<T> {
  readonly item: T;
  at: number;
}

/**
 * What is under way at a moment, in no order: for what comes and goes with each request, where a Map or a Set would cost
 * much. Whenever one of those is laid out anew, V8 leaves its table behind; that of an old one lies in the old generation, and
 * keeps whatever stood in it, with all that hangs on it, until that generation is collected, which then has to be often.
 */
export class UnderWay<T> {
  readonly #places: Place<T>[] = [];

  get size(): number {
    return this.#places.length;
  }

  /** Those of this moment. */
  items(): T[] {
    return this.#places.map(({ item }) => item);
  }

  /** Returns how it is taken out again; what is out stays out. */
  add(item: T): () => void {
    const place = { item, at: this.#places.length };
    this.#places.push(place);
    return () => this.#leave(place);
  }

  /** The last one takes the place that gets free. */
  #leave(place: Place<T>): void {
    if (this.#places[place.at] !== place) return;
    const last = this.#places.pop();
    if (last === undefined || last === place) return;
    last.at = place.at;
    this.#places[place.at] = last;
  }
}
