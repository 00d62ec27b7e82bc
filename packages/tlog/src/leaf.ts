// SPDX-License-Identifier: Apache-2.0
import type { Hash } from './crypto.ts';
import { TlogError } from './error.ts';

/** An entry's length is a uint16 in an entry bundle. */
export const MAX_ENTRY_BYTES = 65_535;

/**
 * SHA-256(0x00 || entry).
 * @throws TlogError `ERR_TLOG_ENTRY_TOO_LARGE`
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1
 */
export function leafHash(hash: Hash, entry: Uint8Array): Uint8Array {
  if (entry.length > MAX_ENTRY_BYTES) {
    throw new TlogError('ERR_TLOG_ENTRY_TOO_LARGE', `an entry of ${entry.length} bytes is over ${MAX_ENTRY_BYTES}`);
  }
  const prefixed = new Uint8Array(1 + entry.length);
  prefixed.set(entry, 1);
  return hash.sha256(prefixed);
}
