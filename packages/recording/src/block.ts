// SPDX-License-Identifier: Apache-2.0
import type { Crc32 } from './recording-crypto.ts';

/** Plaintext of a chunk. */
export const MAX_CHUNK_BYTES = 262_144;

/** Types of blocks in a recording's file, with the longest payload of each in bytes. */
export const BLOCK_TYPES = {
  header: { code: 1, maxBytes: 4_096 },
  chunk: { code: 2, maxBytes: MAX_CHUNK_BYTES + 64 },
  end: { code: 3, maxBytes: 56 },
} as const;

export type BlockType = keyof typeof BLOCK_TYPES;

/** Bytes before a block's payload: length (4), type (1), CRC-32 (4). */
export const BLOCK_HEAD_BYTES = 9;
/** The longest block. */
export const MAX_BLOCK_BYTES = BLOCK_HEAD_BYTES + BLOCK_TYPES.chunk.maxBytes;
/** From so many bytes on, no further chunk goes to the disk with those before it: it waits until they are there. */
export const ENOUGH_TO_WRITE_BYTES = 2_097_152;
/** What is written at once at most, and what a crash can tear. */
export const MAX_WRITE_BYTES = ENOUGH_TO_WRITE_BYTES + MAX_BLOCK_BYTES;

export interface BlockHead {
  readonly type: BlockType;
  /** Of the whole block. */
  readonly bytes: number;
}

const TYPE_BY_CODE = new Map(
  Object.entries(BLOCK_TYPES).map(([type, { code }]) => [code as number, type as BlockType]),
);

/** A block of its own buffer; its payload is the parts, one after another. */
export function encodeBlock(type: BlockType, payload: readonly Uint8Array[], crc32: Crc32): Uint8Array {
  const length = payload.reduce((sum, part) => sum + part.length, 0);
  const block = new Uint8Array(BLOCK_HEAD_BYTES + length);
  let at = BLOCK_HEAD_BYTES;
  for (const part of payload) {
    block.set(part, at);
    at += part.length;
  }
  completeBlock(type, block, crc32);
  return block;
}

/** Writes the head of a block, behind which its payload stands already. */
export function completeBlock(type: BlockType, block: Uint8Array, crc32: Crc32): void {
  const view = viewOf(block);
  view.setUint32(0, block.length - BLOCK_HEAD_BYTES);
  view.setUint8(4, BLOCK_TYPES[type].code);
  view.setUint32(5, blockCrc(block, crc32));
}

/** What the first bytes of a block say of it; undefined when there is no such block. */
export function readBlockHead(head: Uint8Array): BlockHead | undefined {
  const type = TYPE_BY_CODE.get(head[4] ?? 0);
  if (head.length < BLOCK_HEAD_BYTES || type === undefined) return undefined;
  const length = viewOf(head).getUint32(0);
  return length > BLOCK_TYPES[type].maxBytes ? undefined : { type, bytes: BLOCK_HEAD_BYTES + length };
}

/** Whether a block of its full length matches its CRC, which is over length, type and payload. */
export function isRightBlock(block: Uint8Array, crc32: Crc32): boolean {
  return blockCrc(block, crc32) === viewOf(block).getUint32(5);
}

function blockCrc(block: Uint8Array, crc32: Crc32): number {
  return crc32(block.subarray(BLOCK_HEAD_BYTES), crc32(block.subarray(0, 5)));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
