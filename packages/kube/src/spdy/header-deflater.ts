// SPDX-License-Identifier: Apache-2.0

/** Method deflate, window 32 KiB, no dictionary, and what makes the two bytes a multiple of 31 (RFC 1950 §2.2). */
const ZLIB_HEAD = [0x78, 0x01];
/** A stored block says its length in two bytes. */
const MAX_STORED_BYTES = 0xffff;
/** An empty stored block: at this mark a reader gives out what it has. */
const FLUSH = [0, 0, 0, 0xff, 0xff];

/**
 * Wraps the header blocks of one side into one zlib stream without compressing them: stored blocks, flushed after each
 * header block. Header blocks of Kubernetes are some dozen bytes, and what is not compressed together tells nobody what
 * stands in it.
 * @see RFC 1951 §3.2.4
 */
export class HeaderDeflater {
  #begun = false;

  push(headers: Uint8Array): Uint8Array {
    const bytes: number[] = this.#begun ? [] : [...ZLIB_HEAD];
    this.#begun = true;
    for (let at = 0; at < headers.length; at += MAX_STORED_BYTES) {
      const part = headers.subarray(at, at + MAX_STORED_BYTES);
      const low = part.length & 0xff;
      const high = part.length >> 8;
      bytes.push(0, low, high, low ^ 0xff, high ^ 0xff, ...part);
    }
    return Uint8Array.from([...bytes, ...FLUSH]);
  }
}
