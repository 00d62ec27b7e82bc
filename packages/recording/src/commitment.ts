// SPDX-License-Identifier: Apache-2.0
import { equalBytes, Frontier, HASH_BYTES, type Hash, leafHash } from '@countersign/tlog';
import { encodeBlock, viewOf } from './block.ts';
import type { Crc32 } from './recording-crypto.ts';

/** What a recording is, up to some chunk, in one hash: what the log says of it. */
export interface RecordingCommitment {
  /** Chunks, the header among them. */
  readonly chunks: number;
  /** Length of their blocks: the file up to there. */
  readonly bytes: number;
  /** RFC 6962 root over the SHA-256 of each block. */
  readonly root: Uint8Array;
}

/** What the last block of a whole recording says. */
export interface EndPayload extends RecordingCommitment {
  /** Where the last chunk begins, which holds the index; 0 when there is no index. */
  readonly indexOffset: number;
}

/** Follows the chunks of a recording, written or read, and holds at most 32 hashes. */
export class ChunkTree {
  readonly #hash: Hash;
  readonly #frontier: Frontier;
  #bytes = 0;

  constructor(hash: Hash) {
    this.#hash = hash;
    this.#frontier = Frontier.empty(hash);
  }

  get chunks(): number {
    return Number(this.#frontier.size);
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(block: Uint8Array): void {
    this.#frontier.append(leafHash(this.#hash, this.#hash.sha256(block)));
    this.#bytes += block.length;
  }

  commitment(): RecordingCommitment {
    return { chunks: this.chunks, bytes: this.#bytes, root: this.#frontier.root() };
  }
}

export function isSameCommitment(a: RecordingCommitment, b: RecordingCommitment): boolean {
  return a.chunks === b.chunks && a.bytes === b.bytes && equalBytes(a.root, b.root);
}

/**
 * The end block of a recording with these chunks: of one that was found unended, so without an index. Nothing in it is
 * encrypted, so who ends a recording need not have its key.
 */
export function encodeRecordingEnd(commitment: RecordingCommitment, crc32: Crc32): Uint8Array {
  return encodeBlock('end', [encodeEnd({ ...commitment, indexOffset: 0 })], crc32);
}

export function encodeEnd({ chunks, bytes, root, indexOffset }: EndPayload): Uint8Array {
  const payload = new Uint8Array(24 + HASH_BYTES);
  const view = viewOf(payload);
  view.setBigUint64(0, BigInt(chunks));
  view.setBigUint64(8, BigInt(bytes));
  view.setBigUint64(16, BigInt(indexOffset));
  payload.set(root, 24);
  return payload;
}

/** Undefined when it is none. */
export function decodeEnd(payload: Uint8Array): EndPayload | undefined {
  if (payload.length !== 24 + HASH_BYTES) return undefined;
  const view = viewOf(payload);
  const [chunks = 0, bytes = 0, indexOffset = 0] = [0, 8, 16].map((at) => Number(view.getBigUint64(at)));
  return { chunks, bytes, indexOffset, root: Uint8Array.from(payload.subarray(24)) };
}
