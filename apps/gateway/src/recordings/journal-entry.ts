// SPDX-License-Identifier: Apache-2.0
import { crc32 } from 'node:zlib';

/** A block of a recording, and where it stands in the recording's file. */
export interface JournalEntry {
  /** Id of the stream: a UUID. */
  readonly stream: string;
  readonly offset: number;
  readonly block: Uint8Array;
}

/** Length of the block (4), CRC-32 of all that follows it (4), stream (16), offset (8). */
const HEAD_BYTES = 32;
const CHECKED_AT = 8;
const STREAM_AT = 8;
const OFFSET_AT = 24;

export function encodeEntry({ stream, offset, block }: JournalEntry): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + block.length);
  bytes.writeUInt32BE(block.length);
  bytes.write(stream.replaceAll('-', ''), STREAM_AT, 'hex');
  bytes.writeBigUInt64BE(BigInt(offset), OFFSET_AT);
  bytes.set(block, HEAD_BYTES);
  bytes.writeUInt32BE(checksum(bytes), 4);
  return bytes;
}

/** The entries of a journal, up to one that a crash cut short. */
export function* decodeEntries(bytes: Buffer): Generator<JournalEntry> {
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const end = at + HEAD_BYTES + bytes.readUInt32BE(at);
    const entry = bytes.subarray(at, end);
    if (end > bytes.length || checksum(entry) !== entry.readUInt32BE(4)) return;
    yield {
      stream: uuidOf(entry.subarray(STREAM_AT, OFFSET_AT)),
      offset: Number(entry.readBigUInt64BE(OFFSET_AT)),
      block: entry.subarray(HEAD_BYTES),
    };
    at = end;
  }
}

/** Over length, stream, offset and block. */
function checksum(entry: Buffer): number {
  return crc32(entry.subarray(CHECKED_AT), crc32(entry.subarray(0, 4)));
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
