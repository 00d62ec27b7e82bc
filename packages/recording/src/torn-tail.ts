// SPDX-License-Identifier: Apache-2.0
import {
  BLOCK_HEAD_BYTES,
  BLOCK_TYPES,
  type BlockHead,
  type BlockType,
  isRightBlock,
  MAX_WRITE_BYTES,
  readBlockHead,
  viewOf,
} from './block.ts';
import type { Crc32 } from './recording-crypto.ts';

/** Disks keep or lose at least this much at once. */
const SECTOR_BYTES = 512;
/** Length and type: what a lost sector must cover at least to be told from the zeroes of a length. */
const TELLING_BYTES = 5;

/**
 * Whether `tail`, which lies at `offset` where no right block stands and reaches to the end of the file, is the rest of
 * one write that was cut short by a crash: never acknowledged, so it may go. False means that something was changed
 * that had been written in full. Right chunks may follow a torn one in the same write, but only one that lost a sector; the
 * end of a recording is written when all before it is on the disk, so it follows none.
 */
export function isTornTail(tail: Uint8Array, offset: number, crc32: Crc32): boolean {
  if (tail.length > MAX_WRITE_BYTES) return false;
  const end = endOfData(tail);
  if (end === 0) return true;
  const following = [...rightBlocks(tail.subarray(0, end), crc32)];
  if (following.some(({ type }) => type !== 'chunk')) return false;
  const [first] = following;
  if (first !== undefined) return losesSector(tail, offset, first.at);
  return losesSector(tail, offset, end) || !isWholeBlock(tail, end, crc32);
}

/** Offset after the last byte that is not zero. */
function endOfData(tail: Uint8Array): number {
  let end = tail.length;
  while (end > 0 && tail[end - 1] === 0) end -= 1;
  return end;
}

/** Blocks that stand whole in what does not begin with one. */
function* rightBlocks(data: Uint8Array, crc32: Crc32): Generator<{ readonly at: number; readonly type: BlockType }> {
  const codes = new Set<number>(Object.values(BLOCK_TYPES).map(({ code }) => code));
  for (let at = 1; at + BLOCK_HEAD_BYTES <= data.length; ) {
    const block = codes.has(data[at + 4] ?? 0) ? rightBlockAt(data, at, crc32) : undefined;
    if (block !== undefined) yield { at, type: block.type };
    at += block?.bytes ?? 1;
  }
}

function rightBlockAt(data: Uint8Array, at: number, crc32: Crc32): BlockHead | undefined {
  const head = readBlockHead(data.subarray(at, at + BLOCK_HEAD_BYTES));
  if (head === undefined || at + head.bytes > data.length) return undefined;
  return isRightBlock(data.subarray(at, at + head.bytes), crc32) ? head : undefined;
}

/** Whether a whole sector of what lies before `end`, where something stands, holds nothing. */
function losesSector(tail: Uint8Array, offset: number, end: number): boolean {
  for (let start = 0; start < end; ) {
    const next = Math.min(end, SECTOR_BYTES - ((offset + start) % SECTOR_BYTES) + start);
    const piece = tail.subarray(start, next);
    if (next < end && piece.length >= TELLING_BYTES && piece.every((byte) => byte === 0)) return true;
    start = next;
  }
  return false;
}

/** Whether the block reaches exactly to the end of the data, by its length or, were that changed, by its CRC. */
function isWholeBlock(tail: Uint8Array, end: number, crc32: Crc32): boolean {
  if (tail.length < BLOCK_HEAD_BYTES) return false;
  // The last bytes of a block may be zero by themselves; so many that they are a lost sector, hardly.
  const missing = BLOCK_HEAD_BYTES + viewOf(tail).getUint32(0) - end;
  if (missing >= 0 && missing < TELLING_BYTES && missing <= tail.length - end) return true;
  const block = Uint8Array.from(tail);
  viewOf(block).setUint32(0, tail.length - BLOCK_HEAD_BYTES);
  return isRightBlock(block, crc32);
}
