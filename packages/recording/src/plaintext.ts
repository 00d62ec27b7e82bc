// SPDX-License-Identifier: Apache-2.0
import { ByteReader, malformed } from './bytes.ts';
import { decodeFacts, type RecordingFacts } from './facts.ts';
import { decodeFrame, type RecordedFrame } from './frame.ts';
import { decodeIndex, type IndexEntry } from './time-index.ts';

/** Codes of what stands between frames: facts at the beginning of chunk 1, the index at the end of the last chunk. */
export const FACTS_CODE = 32;
export const INDEX_CODE = 33;

/** What a chunk holds. */
export interface ChunkContent {
  readonly frames: readonly RecordedFrame[];
  readonly facts?: RecordingFacts;
  readonly index?: readonly IndexEntry[];
}

/**
 * Reads a chunk's plaintext: the time of its first frame, then its frames; their bytes are views.
 * @throws RecordingError `ERR_RECORDING_DAMAGED`
 */
export function decodePlaintext(plaintext: Uint8Array): ChunkContent {
  const reader = new ByteReader(plaintext);
  const frames: RecordedFrame[] = [];
  const content: { facts?: RecordingFacts; index?: readonly IndexEntry[] } = {};
  let before = reader.varint();
  while (!reader.isAtEnd) {
    const code = reader.byte();
    if (code === FACTS_CODE) {
      content.facts = decodeFacts(reader.bytes(reader.varint()));
    } else if (code === INDEX_CODE) {
      content.index = readIndex(reader.bytes(reader.varint()));
    } else {
      const frame = decodeFrame(code, reader, before);
      frames.push(frame);
      before = frame.at;
    }
  }
  return { frames, ...content };
}

function readIndex(bytes: Uint8Array): readonly IndexEntry[] {
  const reader = new ByteReader(bytes);
  const index = decodeIndex(reader);
  if (!reader.isAtEnd) throw malformed('has bytes after the index');
  return index;
}
