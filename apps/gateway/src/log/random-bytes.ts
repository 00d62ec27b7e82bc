// SPDX-License-Identifier: Apache-2.0
import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8_192;

/** What all UUIDs of version 7 of a time in milliseconds, and of later ones, come after in order of their bytes. */
export function beforeUuidv7(milliseconds: number): string {
  const hex = milliseconds.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}`;
}

/** Random bytes from a pool: one system call for many small requests. */
export class RandomPool {
  #pool = Buffer.alloc(0);

  /** A view that is handed out once. */
  take(length: number): Buffer {
    if (this.#pool.length < length) this.#pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
    const taken = this.#pool.subarray(0, length);
    this.#pool = this.#pool.subarray(length);
    return taken;
  }

  /**
   * A UUID of version 7 for a time in milliseconds.
   * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7
   */
  uuidv7(milliseconds: number): string {
    const bytes = this.take(10);
    bytes[0] = ((bytes[0] ?? 0) & 0x0f) | 0x70;
    bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80;
    const hex = milliseconds.toString(16).padStart(12, '0') + bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}
