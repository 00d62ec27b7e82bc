// SPDX-License-Identifier: Apache-2.0

/**
 * Bytes that may be kept for what they count: a piece that is less than half of what it came in is copied, since a view of
 * it would keep all of that, which may be bytes that nobody counts.
 */
export function ownBytes(piece: Uint8Array): Uint8Array {
  return 2 * piece.length < piece.buffer.byteLength ? new Uint8Array(piece) : piece;
}
