// SPDX-License-Identifier: Apache-2.0
import { concatBytes, equalBytes } from '@countersign/tlog';
import { viewOf } from './block.ts';
import type { RecordingCrypto, RecordingSealer } from './recording-crypto.ts';
import type { RecordingKeys } from './recording-keys.ts';

const NUMBER_BYTES = 4;
const COMMITMENT_BYTES = 32;
const TAG_BYTES = 16;
const CONTEXT = new TextEncoder().encode('countersign-recording-v1 ');

/** The largest number of a chunk. */
export const MAX_CHUNK_NUMBER = 0xffff_ffff;

/** Which chunk, of which recording. */
export interface ChunkPlace {
  readonly number: number;
  /** SHA-256 of the header's block. */
  readonly headerDigest: Uint8Array;
}

/** Where the plaintext of a chunk stands in its payload, and then the ciphertext; the tag is behind it. */
export const CHUNK_TEXT_AT = NUMBER_BYTES + COMMITMENT_BYTES;
/** What a payload takes besides the plaintext. */
export const CHUNK_OVERHEAD_BYTES = CHUNK_TEXT_AT + TAG_BYTES;

/**
 * Seals the payload of a chunk where it stands, its plaintext between room for what comes before and behind it: number,
 * commitment to the plaintext, ciphertext, tag. No plaintext is left in it.
 *
 * The nonce is the number and the first 8 bytes of the commitment. Numbers only grow, so a writer never uses one twice;
 * and should the same number be sealed again with other content (a machine set back to a snapshot), the commitment,
 * which is a keyed hash of the content, makes it another nonce all the same.
 */
export function sealChunk(crypto: RecordingSealer, keys: RecordingKeys, place: ChunkPlace, payload: Uint8Array): void {
  const plaintext = payload.subarray(CHUNK_TEXT_AT, -TAG_BYTES);
  const commitment = commit(crypto, keys, place, plaintext);
  const tag = crypto.encrypt({
    key: keys.encryption,
    nonce: nonceOf(place, commitment),
    text: plaintext,
    additionalData: additionalData(place),
  });
  payload.set(numberBytes(place));
  payload.set(commitment, NUMBER_BYTES);
  payload.set(tag, payload.length - TAG_BYTES);
}

/** The number that a chunk says it has. */
export function chunkNumber(payload: Uint8Array): number | undefined {
  if (payload.length < CHUNK_OVERHEAD_BYTES) return undefined;
  return viewOf(payload).getUint32(0);
}

/** The plaintext; undefined when it does not open, or is not what the commitment stands for. */
export function openChunk(
  crypto: RecordingCrypto,
  keys: RecordingKeys,
  place: ChunkPlace,
  payload: Uint8Array,
): Uint8Array | undefined {
  const commitment = payload.subarray(NUMBER_BYTES, CHUNK_TEXT_AT);
  const plaintext = crypto.decrypt({
    key: keys.encryption,
    nonce: nonceOf(place, commitment),
    ciphertext: payload.subarray(CHUNK_TEXT_AT, -TAG_BYTES),
    tag: payload.subarray(-TAG_BYTES),
    additionalData: additionalData(place),
  });
  if (plaintext === undefined || !equalBytes(commit(crypto, keys, place, plaintext), commitment)) return undefined;
  return plaintext;
}

/**
 * HMAC-SHA-256 of the plaintext under the chunk's salt, which is HMAC-SHA-256 of its number under the commitment key:
 * who is shown salt and plaintext of one chunk can check it, and learns nothing of the others.
 */
function commit(crypto: RecordingCrypto, keys: RecordingKeys, place: ChunkPlace, plaintext: Uint8Array): Uint8Array {
  const salt = crypto.hmacSha256(keys.commitment, numberBytes(place));
  return crypto.hmacSha256(salt, plaintext);
}

function nonceOf(place: ChunkPlace, commitment: Uint8Array): Uint8Array {
  return concatBytes(numberBytes(place), commitment.subarray(0, 8));
}

function additionalData(place: ChunkPlace): Uint8Array {
  return concatBytes(CONTEXT, place.headerDigest, numberBytes(place));
}

function numberBytes({ number }: ChunkPlace): Uint8Array {
  const bytes = new Uint8Array(NUMBER_BYTES);
  viewOf(bytes).setUint32(0, number);
  return bytes;
}
