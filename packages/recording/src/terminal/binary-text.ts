// SPDX-License-Identifier: Apache-2.0
import { LINE_OVERLAP, type TextLine } from './text-lines.ts';

const LF = 10;
const ESC = 27;
const DEL = 127;
/** `[` after ESC begins a control sequence. */
const BRACKET = 91;
/** Bytes that text has none of: C0 but BEL to CR and ESC. */
const NO_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 32 && (byte < 7 || byte > 13) && byte !== ESC ? 1 : 0,
);
/** One byte in so many is no text's: of random ones it is one in ten. */
const BINARY_SHARE = 32;
/** Marks of direction and zero widths, in UTF-8. */
const UNSEEN = /\xc2\xad|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xa9]|\xef\xbb\xbf/g;
/** What a character for each byte is made of at once. */
const PIECE = 8_192;
/** Characters of a line that are told before and after what was found in it. */
const AROUND = 128;

/** Whether bytes are no text by what control characters they have. */
export function isBinary(bytes: Uint8Array): boolean {
  let count = 0;
  for (const byte of bytes) count += NO_TEXT[byte] ?? 0;
  return count * BINARY_SHARE > bytes.length;
}

/**
 * Finds a text in bytes that are no text, in a time for each byte that does not depend on what it is: as it was printed, without
 * control characters and sequences; there is no cursor. Without regard to the case of ASCII letters. Holds one frame.
 */
export class BinaryText {
  readonly #needles: readonly string[];
  readonly #overlap: number;
  #rest = '';
  #restAt = 0;

  /** `text` has 1 to `LINE_OVERLAP` characters; `before` is what stands before the first bytes. */
  constructor(text: string, before: { readonly text: string; readonly at: number }) {
    const forms = [text.toLowerCase(), text.toUpperCase(), text];
    this.#needles = [...new Set(forms.map((form) => byteCharacters(new TextEncoder().encode(form)).toLowerCase()))];
    this.#overlap = Math.max(...this.#needles.map(({ length }) => length)) - 1;
    this.#keep(byteCharacters(new TextEncoder().encode(before.text)), before.at);
  }

  /** The end of what came last, shorter than the text, and of one line. */
  get rest(): { readonly text: string; readonly at: number } {
    return { text: asText(this.#rest.slice(this.#rest.lastIndexOf('\n') + 1)), at: this.#restAt };
  }

  /** The lines, as far as they stand near it, that have the text in bytes that came at the time `at`. */
  push(bytes: Uint8Array, at: number): readonly TextLine[] {
    const had = this.#rest.length;
    const characters = this.#rest + byteCharacters(withoutControls(bytes)).replace(UNSEEN, '');
    const lower = characters.toLowerCase();
    const found: TextLine[] = [];
    for (let from = 0, place = this.#find(lower, from); place >= 0; place = this.#find(lower, from)) {
      const begin = Math.max(from, place - AROUND, characters.lastIndexOf('\n', place) + 1);
      const end = lineEnd(characters, place);
      found.push({ at: place < had ? this.#restAt : at, shown: asText(characters.slice(begin, end)) });
      from = end;
    }
    this.#keep(characters, at);
    return found;
  }

  #find(lower: string, from: number): number {
    const places = this.#needles.map((needle) => lower.indexOf(needle, from)).filter((place) => place >= 0);
    return places.length === 0 ? -1 : Math.min(...places);
  }

  #keep(characters: string, at: number): void {
    this.#rest = this.#overlap === 0 ? '' : characters.slice(-this.#overlap);
    this.#restAt = at;
  }
}

/** Where a line is cut that has a text in it: at its end, or some way after the text may end. */
function lineEnd(characters: string, place: number): number {
  const most = Math.min(characters.length, place + 4 * LINE_OVERLAP + AROUND);
  const end = characters.slice(place, most).indexOf('\n');
  return end < 0 ? most : place + end;
}

/** Without what a terminal obeys: control characters, and sequences that are whole. */
function withoutControls(bytes: Uint8Array): Uint8Array {
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === ESC) at = sequenceEnd(bytes, at);
    else if (byte === LF || (byte >= 32 && byte !== DEL)) kept[length++] = byte;
  }
  return kept.subarray(0, length);
}

/** Where the last byte of a control sequence stands that begins at `at`; `at` where it is none. */
function sequenceEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at + 1] !== BRACKET) return at;
  let end = at + 2;
  while (end < bytes.length && (bytes[end] ?? 0) >= 0x20 && (bytes[end] ?? 0) < 0x40) end += 1;
  return (bytes[end] ?? 0) >= 0x40 && (bytes[end] ?? 0) < DEL ? end : at;
}

/** A character for each byte. */
function byteCharacters(bytes: Uint8Array): string {
  let characters = '';
  for (let at = 0; at < bytes.length; at += PIECE)
    characters += String.fromCharCode.apply(null, bytes.subarray(at, at + PIECE) as unknown as number[]);
  return characters;
}

/** The text that such characters are in UTF-8, printable characters alone. */
function asText(characters: string): string {
  const text = new TextDecoder().decode(Uint8Array.from(characters, (character) => character.charCodeAt(0)));
  return text
    .replace(/\p{Cc}/gu, '')
    .trimEnd()
    .toWellFormed();
}
