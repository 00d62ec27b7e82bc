// SPDX-License-Identifier: Apache-2.0
import { randomFillSync } from 'node:crypto';

const MASK_BYTES = 4;
const POOL_BYTES = 4_096;

/** Masks of WebSocket frames, drawn in advance. */
export class Masks {
  readonly #pool = new Uint8Array(POOL_BYTES);
  #at = POOL_BYTES;

  next(): Uint8Array {
    if (this.#at === POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#at = 0;
    }
    this.#at += MASK_BYTES;
    return this.#pool.subarray(this.#at - MASK_BYTES, this.#at);
  }
}
