// SPDX-License-Identifier: Apache-2.0
import { ByteSink } from '../json/byte-sink.ts';
import { BACKSLASH, bytesEqual, QUOTE, utf8 } from '../json/bytes.ts';
import { putJsonString } from '../json/json-string.ts';
import { encodeBase64 } from '../text/base64.ts';

/** Shorter values are not learned: they would mask half of what a cluster says. */
export const MIN_BYTES = 8;
/** Of a longer value its beginning is enough to know it again. */
export const KEY_BYTES = 16;
/** Candidates looked at in one text before it counts as containing a value. */
const MAX_CANDIDATES = 20_000;
/**
 * Keys with the same first eight bytes; with more, those eight bytes alone count as a value. Whoever adds values of their own to
 * find out how another one begins must know as much of it as the shortest value has.
 */
const MAX_ALIKE = 64;
const WORD_BYTES = 4;
const SLOT_BITS = 12;
const SLOTS = 1 << SLOT_BITS;

/**
 * Values seen, to be known again in texts: as they are, JSON-escaped, and inside base64 at each of its three shifts.
 * Holds the first 16 bytes of each value, in memory only. Errs towards "contained": a text that begins a learned value
 * counts, and so does one that needs too much comparing.
 */
export class LearnedValues {
  /** Keys by their first four bytes, and then by the next four. */
  readonly #keys = new Map<number, Map<number, Uint8Array[]>>();
  readonly #mayBegin = new Uint8Array(SLOTS);
  #size = 0;

  /** What `pack` made, in another thread perhaps. */
  static unpack(packed: Uint8Array): LearnedValues {
    const values = new LearnedValues();
    for (let at = 0; at < packed.length; ) {
      const start = at + 1;
      at = start + (packed[at] as number);
      values.#addKey(packed.subarray(start, at));
    }
    return values;
  }

  /** How many spellings are known; 0 means that nothing can be found. */
  get size(): number {
    return this.#size;
  }

  /** Learns a value in the clear; values under 8 bytes are ignored. */
  add(value: Uint8Array): void {
    if (value.length < MIN_BYTES) return;
    // A Buffer's own slice would be a view of what may change.
    const start = new Uint8Array(value.subarray(0, KEY_BYTES));
    this.#addKey(start);
    if (needsEscape(start)) this.#addKey(escaped(start));
    for (const spelling of base64Pieces(start)) this.#addKey(spelling);
  }

  /** All that is known, as plain bytes: each spelling behind its length. */
  pack(): Uint8Array {
    const sink = new ByteSink();
    for (const key of [...this.#keys.values()].flatMap((next) => [...next.values()]).flat()) {
      sink.putByte(key.length);
      sink.put(key);
    }
    return sink.view().slice();
  }

  /** Forgets all values. */
  clear(): void {
    for (const word of this.#keys.keys()) this.#mayBegin[slot(word)] = 0;
    this.#keys.clear();
    this.#size = 0;
  }

  /** Whether a text (UTF-8) contains a learned value. */
  isIn(text: Uint8Array): boolean {
    return this.placeIn(text) >= 0;
  }

  /** Where the first learned value from `from` on begins in a text; -1 if none does. */
  placeIn(text: Uint8Array, from = 0): number {
    if (this.#size === 0) return -1;
    let candidates = 0;
    let word = wordAt(text, from) << 8;
    for (let i = from; i + MIN_BYTES <= text.length; i++) {
      word = (word >>> 8) | ((text[i + 3] as number) << 24);
      if (this.#mayBegin[slot(word)] === 0) continue;
      const alike = this.#keys.get(word)?.get(wordAt(text, i + WORD_BYTES)) ?? [];
      if (alike.length === MAX_ALIKE) return i;
      for (const key of alike) {
        if (++candidates > MAX_CANDIDATES) return i;
        if (bytesEqual(key, text.subarray(i, i + key.length))) return i;
      }
    }
    return -1;
  }

  #addKey(key: Uint8Array): void {
    if (key.length < MIN_BYTES) return;
    const [word, next] = [wordAt(key, 0), wordAt(key, WORD_BYTES)];
    const byNext = this.#keys.get(word) ?? new Map<number, Uint8Array[]>();
    const alike = byNext.get(next) ?? [];
    if (alike.length === MAX_ALIKE || alike.some((other) => bytesEqual(other, key))) return;
    this.#mayBegin[slot(word)] = 1;
    this.#keys.set(word, byNext.set(next, alike));
    alike.push(key);
    this.#size++;
  }
}

/**
 * The characters that base64 of any text containing `value` must contain, for each position of the value modulo 3.
 * Characters that also depend on the neighbours are left out.
 */
function base64Pieces(value: Uint8Array): Uint8Array[] {
  return [0, 1, 2].map((shift) => {
    const padded = new Uint8Array(shift + value.length);
    padded.set(value, shift);
    const first = Math.ceil((shift * 8) / 6);
    const end = Math.floor((padded.length * 8) / 6);
    return encodeBase64(padded).subarray(first, end);
  });
}

/** `base64Pieces` of a text, as strings. */
export function base64PiecesOf(text: string): string[] {
  return base64Pieces(utf8(text)).map((piece) => String.fromCharCode(...piece));
}

function needsEscape(text: Uint8Array): boolean {
  for (const byte of text) if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) return true;
  return false;
}

/** The beginning of a text as it stands inside JSON. */
function escaped(start: Uint8Array): Uint8Array {
  const sink = new ByteSink();
  putJsonString(sink, start);
  return sink.view().slice(1, Math.min(1 + KEY_BYTES, sink.length - 1));
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function slot(word: number): number {
  return (Math.imul(word, 0x9e3779b1) >>> (32 - SLOT_BITS)) & (SLOTS - 1);
}
