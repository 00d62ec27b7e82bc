// SPDX-License-Identifier: Apache-2.0
import { type ByteReader, type ByteWriter, malformed } from './bytes.ts';

/** Where a chunk begins, in time and in the file. */
export interface IndexEntry {
  /** Time of its first frame, in microseconds. */
  readonly at: number;
  readonly chunk: number;
  readonly offset: number;
}

/** Entries that an index holds: where there are more, every other one goes. */
const MAX_INDEX_ENTRIES = 512;
/** What an encoded index takes at most. */
export const MAX_INDEX_BYTES = 2 + MAX_INDEX_ENTRIES * 24;
const FIRST_SPACING_MICROS = 1_000_000;

/** Gathers the places of chunks, never closer than a spacing that doubles when there are too many. */
export class TimeIndex {
  #entries: IndexEntry[] = [];
  #spacing = FIRST_SPACING_MICROS;

  add(entry: IndexEntry): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && entry.at - last.at < this.#spacing) return;
    this.#entries.push(entry);
    if (this.#entries.length <= MAX_INDEX_ENTRIES) return;
    this.#entries = this.#entries.filter((_, i) => i % 2 === 0);
    this.#spacing *= 2;
  }

  encode(writer: ByteWriter): void {
    writer.varint(this.#entries.length);
    let before: IndexEntry = { at: 0, chunk: 0, offset: 0 };
    for (const entry of this.#entries) {
      writer.varint(entry.at - before.at);
      writer.varint(entry.chunk - before.chunk);
      writer.varint(entry.offset - before.offset);
      before = entry;
    }
  }
}

/** @throws RecordingError `ERR_RECORDING_DAMAGED` */
export function decodeIndex(reader: ByteReader): readonly IndexEntry[] {
  const count = reader.varint();
  if (count > MAX_INDEX_ENTRIES) throw malformed('has an index that is too long');
  const entries: IndexEntry[] = [];
  let before: IndexEntry = { at: 0, chunk: 0, offset: 0 };
  for (let i = 0; i < count; i++) {
    before = {
      at: before.at + reader.varint(),
      chunk: before.chunk + reader.varint(),
      offset: before.offset + reader.varint(),
    };
    entries.push(before);
  }
  return entries;
}
