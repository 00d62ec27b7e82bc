// SPDX-License-Identifier: Apache-2.0
import { type Duplex, finished } from 'node:stream';

/** So much of what has come may wait to be taken; then the connection is read no further. */
const AHEAD_BYTES = 32_768;

/** What comes on a connection, chunk by chunk as it comes. */
class Arrivals implements Disposable {
  readonly #connection: Duplex;
  readonly #stopListening: () => void;
  /** It may bring something without taking anything. */
  readonly #onlyBrings: boolean;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** Undefined while more may come; null once it has come to its end. */
  #end: Error | null | undefined;
  #change = Promise.withResolvers<void>();

  constructor(connection: Duplex) {
    this.#connection = connection;
    this.#onlyBrings = connection.writableEnded;
    connection.on('data', this.#onData);
    this.#stopListening = finished(connection, { writable: false }, (error) => {
      this.#end = error ?? null;
      this.#change.resolve();
    });
    connection.resume();
  }

  /** The next one; undefined at the end. @throws what the connection fails with, also where something waits */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#end) throw this.#end;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#bytes -= chunk.length;
        if (this.#chunks.length === 0) this.#connection.resume();
        return chunk;
      }
      if (this.#end === null) return undefined;
      await this.#change.promise;
      this.#change = Promise.withResolvers<void>();
    }
  }

  [Symbol.dispose](): void {
    this.#connection.off('data', this.#onData);
    this.#stopListening();
    if (!this.#isOver) this.#connection.pause();
  }

  /** Nothing more is wanted: only what is read to its end is seen to close. */
  get #isOver(): boolean {
    return this.#connection.writableEnded && !this.#onlyBrings;
  }

  readonly #onData = (chunk: Uint8Array): void => {
    if (this.#isOver) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= AHEAD_BYTES) this.#connection.pause();
    this.#change.resolve();
  };
}

/**
 * The bytes of a connection in the chunks in which they come: its own iterator joins those that wait, a copy of all that
 * flows. It is read no further than they are taken, and 32 KiB and a chunk ahead. Leaving the loop leaves the connection
 * open; what was read ahead is gone then, and what comes once its writable side has been ended.
 */
export async function* chunksOf(connection: Duplex): AsyncGenerator<Uint8Array> {
  using arrivals = new Arrivals(connection);
  for (let chunk = await arrivals.next(); chunk !== undefined; chunk = await arrivals.next()) yield chunk;
}
