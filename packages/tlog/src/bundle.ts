// SPDX-License-Identifier: Apache-2.0
import { TlogError } from './error.ts';
import { MAX_ENTRY_BYTES } from './leaf.ts';
import { TILE_WIDTH } from './tile.ts';

/**
 * An entry bundle: each entry after its length, a big-endian uint16; at most 256 entries.
 * @throws TlogError `ERR_TLOG_ENTRY_TOO_LARGE`, `ERR_TLOG_BUNDLE`
 * @see https://c2sp.org/tlog-tiles Log entries
 */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > TILE_WIDTH) throw new TlogError('ERR_TLOG_BUNDLE', `${entries.length} entries in a bundle`);
  const bytes = new Uint8Array(entries.reduce((length, entry) => length + 2 + entry.length, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) {
      throw new TlogError('ERR_TLOG_ENTRY_TOO_LARGE', `an entry of ${entry.length} bytes is over ${MAX_ENTRY_BYTES}`);
    }
    view.setUint16(offset, entry.length);
    bytes.set(entry, offset + 2);
    offset += 2 + entry.length;
  }
  return bytes;
}

/**
 * The entries of a bundle, as views.
 * @throws TlogError `ERR_TLOG_BUNDLE` unless there are exactly `width` of them and nothing else
 */
export function decodeBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (entries.length < width) {
    if (offset + 2 > bytes.length) throw cutShort(entries.length, width);
    const end = offset + 2 + view.getUint16(offset);
    if (end > bytes.length) throw cutShort(entries.length, width);
    entries.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  if (offset !== bytes.length) {
    throw new TlogError('ERR_TLOG_BUNDLE', `${bytes.length - offset} bytes after the ${width} entries of the bundle`);
  }
  return entries;
}

function cutShort(found: number, width: number): TlogError {
  return new TlogError('ERR_TLOG_BUNDLE', `the bundle ends inside entry ${found} of ${width}`);
}
