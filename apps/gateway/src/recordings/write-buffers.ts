// SPDX-License-Identifier: Apache-2.0
import { MAX_BLOCK_BYTES, MAX_WRITE_BYTES } from '@countersign/recording';

/** How many are used again; what more streams need while they all write comes and goes, as long as it has to be. */
const KEPT = 4;

/**
 * Buffers for what is written at once, shared by all recordings and used again and again: of new ones for all that streams
 * record, the collector had to free as many bytes as flow, and to look through all that the gateway holds each time.
 */
export class WriteBuffers {
  readonly #free: Uint8Array[] = [];
  #lent = 0;

  /** One with room for a block, and for as many as are written at once where `bytes` are more; anything may be in it. */
  take(bytes: number): Uint8Array {
    const isOneOfFew = this.#lent < KEPT;
    this.#lent += 1;
    const free = this.#free.pop();
    return free ?? new Uint8Array(isOneOfFew || bytes > MAX_BLOCK_BYTES ? MAX_WRITE_BYTES : MAX_BLOCK_BYTES);
  }

  /** MUST NOT be called before the system has done with it, also where nobody waits for that any more. */
  giveBack(buffer: Uint8Array): void {
    this.#lent -= 1;
    if (buffer.length === MAX_WRITE_BYTES && this.#free.length < KEPT) this.#free.push(buffer);
  }
}
