// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import type { Hmac } from '@countersign/mask';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const FIRST_BUFFER_BYTES = 4_096;

/**
 * HMAC-SHA-256 made of two one-shot hashes: a list has one for every value, and a Hmac object for each would cost more
 * than all the rest of masking. Not re-entrant; the key has at most 64 bytes.
 * @see RFC 2104 §2
 */
export function oneShotHmac(key: Uint8Array): Hmac {
  const outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES).fill(0x5c, 0, BLOCK_BYTES);
  let inner = new Uint8Array(FIRST_BUFFER_BYTES).fill(0x36, 0, BLOCK_BYTES);
  for (const [index, byte] of key.entries()) {
    outer[index] = byte ^ 0x5c;
    inner[index] = byte ^ 0x36;
  }
  return (message) => {
    const length = BLOCK_BYTES + message.length;
    if (length > inner.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(inner.subarray(0, BLOCK_BYTES));
      inner = larger;
    }
    inner.set(message, BLOCK_BYTES);
    putBytes(hash('sha256', inner.subarray(0, length), 'binary'), outer, BLOCK_BYTES);
    const mac = new Uint8Array(DIGEST_BYTES);
    putBytes(hash('sha256', outer, 'binary'), mac, 0);
    return mac;
  };
}

/** A string of one character a byte costs a third of the buffer that a hash otherwise makes of its own for each digest. */
function putBytes(digest: string, to: Uint8Array, at: number): void {
  for (let index = 0; index < DIGEST_BYTES; index += 1) to[at + index] = digest.charCodeAt(index);
}
