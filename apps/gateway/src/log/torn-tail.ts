// SPDX-License-Identifier: Apache-2.0
import { crc32 } from 'node:zlib';
import { decodeFrame, FRAME_HEADER_BYTES, FRAME_TYPES } from '@countersign/evidence';

/** Disks keep or lose at least this much at once. */
const SECTOR_BYTES = 512;
/** Length and type: what a lost sector must cover at least to be told from the zeroes of a length. */
const TELLING_BYTES = 5;

/**
 * Whether what begins at `offset`, where no right frame stands, is the rest of one batch whose write was cut short by a
 * crash: never acknowledged, so it may go. False means that something was changed that had been written in full.
 *
 * One batch is in flight at a time, so after a cut there is at most one checkpoint, at the very end, and only where
 * whole sectors before it were lost.
 */
export function isTornTail(segment: Uint8Array, offset: number): boolean {
  const end = endOfData(segment);
  if (end <= offset) return true;
  const checkpoints = checkpointEnds(segment, offset, end);
  if (checkpoints.some((checkpointEnd) => checkpointEnd < end)) return false;
  if (losesSector(segment, offset, end)) return true;
  return checkpoints.length === 0 && !isWholeFrame(segment, offset, end);
}

/** Offset after the last byte that is not zero. */
export function endOfData(segment: Uint8Array): number {
  let end = segment.length;
  while (end > 0 && segment[end - 1] === 0) end -= 1;
  return end;
}

/** Where the right checkpoint frames from `offset` to `end` end. No JSON and hardly a ciphertext looks like one. */
function checkpointEnds(segment: Uint8Array, offset: number, end: number): number[] {
  const ends: number[] = [];
  const { code } = FRAME_TYPES.checkpoint;
  for (let at = segment.indexOf(code, offset + 4); at >= 0 && at < end; at = segment.indexOf(code, at + 1)) {
    const found = frameEnd(segment, at - 4);
    if (found !== undefined) ends.push(found);
  }
  return ends;
}

function frameEnd(segment: Uint8Array, offset: number): number | undefined {
  try {
    return decodeFrame(segment, offset, crc32)?.end;
  } catch {
    return undefined;
  }
}

function losesSector(segment: Uint8Array, offset: number, end: number): boolean {
  for (let start = offset; start < end; ) {
    const next = Math.min(end, (Math.floor(start / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    const piece = segment.subarray(start, next);
    if (next < end && piece.length >= TELLING_BYTES && piece.every((byte) => byte === 0)) return true;
    start = next;
  }
  return false;
}

/** Whether the frame at `offset` reaches exactly to the end of the data, by its length or, were that changed, by its CRC. */
function isWholeFrame(segment: Uint8Array, offset: number, end: number): boolean {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  const rest = end - offset - FRAME_HEADER_BYTES;
  if (rest < 0) return false;
  if (view.getUint32(offset) === rest) return true;
  const header = Uint8Array.from(segment.subarray(offset, offset + 5));
  new DataView(header.buffer).setUint32(0, rest);
  const crc = crc32(segment.subarray(offset + FRAME_HEADER_BYTES, end), crc32(header));
  return crc === view.getUint32(offset + 5);
}
