// SPDX-License-Identifier: Apache-2.0
import { MaskError } from '../mask-error.ts';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  hexValue,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './bytes.ts';
import { type JsonEvents, type JsonLimits, READ_ON } from './json-events.ts';
import { afterUsualScalar, beginNumber, continueNumber, isCompleteNumber, type NumberState } from './number-state.ts';

const BEGIN = 0;
const VALUE = 1;
const FIRST_VALUE = 2;
const KEY = 3;
const FIRST_KEY = 4;
const AFTER_KEY = 5;
const AFTER_VALUE = 6;
const DONE = 7;
const STRING = 8;
const NUMBER = 9;
const LITERAL = 10;

/** Levels for which there is room from the first; most documents have no more. */
const FIRST_LEVELS = 128;

const LITERALS: Readonly<Record<number, string>> = { 116: 'true', 102: 'false', 110: 'null' };

/** 1 for the bytes that need no thought inside a string: ASCII without controls, quote and backslash. */
const PLAIN = new Uint8Array(256).map((_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);

/** 1 for the bytes that are an escape with the backslash before them. */
const SHORT_ESCAPE = new Uint8Array(256).map((_, byte) => ('"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0));

/**
 * A strict, incremental reader of RFC 8259 JSON over bytes: it can stop after any byte and go on with the next chunk.
 * It holds no content, only where it stands, so its memory does not grow with the document.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export class JsonTokenizer {
  readonly #events: JsonEvents;
  readonly #limits: JsonLimits;
  /** 1 for an array, 0 for an object, per open level. */
  #isArray: Uint8Array;
  #depth = 0;
  #state = BEGIN;
  #tokenStart = 0;
  #isKey = false;
  #escaped = false;
  /** 0 outside an escape, 5 after the backslash, 4 to 1: hexadecimal digits still due. */
  #escape = 0;
  #utf8Due = 0;
  #utf8Low = 0x80;
  #utf8High = 0xbf;
  #number: NumberState = 0;
  #literal = '';

  constructor(events: JsonEvents, limits: JsonLimits) {
    this.#events = events;
    this.#limits = limits;
    this.#isArray = new Uint8Array(Math.min(limits.maxDepth, FIRST_LEVELS));
  }

  /** Whether the bytes so far end between documents, with at least one seen where exactly one is due. */
  get complete(): boolean {
    return this.#state === DONE || (this.#state === BEGIN && this.#limits.documents === 'many');
  }

  /**
   * Reads `bytes[from, to)`, whose first byte has offset `base + from`.
   * @throws MaskError `ERR_MASK_MALFORMED`, `ERR_MASK_TOO_DEEP`
   */
  read(bytes: Uint8Array, from: number, to: number, base: number): void {
    let i = from;
    while (i < to) {
      i = this.#usual(bytes, i, to, base);
      if (i === to) return;
      if (this.#state === STRING) i = this.#string(bytes, i, to, base);
      else if (this.#state === NUMBER) i = this.#digits(bytes, i, to, base);
      else if (this.#state === LITERAL) i = this.#letter(bytes[i] as number, i, base);
      else {
        this.#structure(bytes[i] as number, base + i);
        i++;
      }
    }
  }

  /**
   * Reads on as long as only that comes which most of an API server's JSON is made of: plain strings, whole numbers,
   * literals and compact structure, and the short escapes of JSON in strings. Returns where something else begins, which
   * `read` takes from there. Its other methods could read all of it; here the state stands in local variables, and what
   * mostly follows is taken in the same turn.
   */
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one loop, a third quicker than with a call for each byte
  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: likewise
  #usual(bytes: Uint8Array, from: number, to: number, base: number): number {
    if (this.#escape !== 0 || this.#utf8Due !== 0) return from;
    const events = this.#events;
    const isArray = this.#isArray;
    let state = this.#state;
    let depth = this.#depth;
    let isKey = this.#isKey;
    let start = this.#tokenStart;
    let escaped = this.#escaped;
    let i = from;
    while (i < to) {
      if (state === STRING) {
        while (i < to && PLAIN[bytes[i] as number] === 1) i++;
        if (i === to) break;
        if (bytes[i] !== QUOTE) {
          if (bytes[i] !== BACKSLASH || i + 1 === to || SHORT_ESCAPE[bytes[i + 1] as number] === 0) break;
          escaped = true;
          i += 2;
          continue;
        }
        let next = i + 1;
        if (isKey) {
          events.onKey(start, base + i, escaped);
          state = AFTER_KEY;
          if (next < to && bytes[next] === COLON) {
            state = VALUE;
            next++;
            if (next < to && bytes[next] === QUOTE) {
              isKey = false;
              state = STRING;
            }
          }
        } else {
          events.onString(start, base + i, escaped);
          state = AFTER_VALUE;
          if (next + 1 < to && bytes[next] === COMMA && bytes[next + 1] === QUOTE) {
            isKey = isArray[depth - 1] === 0;
            state = STRING;
            next++;
          }
        }
        if (state === STRING) {
          next++;
          start = base + next;
          escaped = false;
        }
        i = next;
        continue;
      }
      const byte = bytes[i] as number;
      const isValue = state === VALUE || state === FIRST_VALUE;
      if (state === AFTER_VALUE) {
        const inArray = isArray[depth - 1] === 1;
        if (byte === COMMA) {
          state = inArray ? VALUE : KEY;
        } else if (byte === (inArray ? CLOSE_ARRAY : CLOSE_OBJECT) && depth > 1) {
          depth--;
          events.onClose(inArray, base + i + 1);
        } else break;
      } else if (byte === QUOTE && (isValue || state === KEY || state === FIRST_KEY)) {
        isKey = !isValue;
        start = base + i + 1;
        escaped = false;
        state = STRING;
      } else if (isValue && (byte === OPEN_OBJECT || byte === OPEN_ARRAY) && depth < isArray.length) {
        const opensArray = byte === OPEN_ARRAY;
        const end = events.onOpen(opensArray, base + i, base + to, isArray.length - depth);
        if (end !== READ_ON) {
          state = AFTER_VALUE;
          i = end - base;
          continue;
        }
        isArray[depth++] = opensArray ? 1 : 0;
        state = opensArray ? FIRST_VALUE : FIRST_KEY;
      } else {
        const end = isValue ? afterUsualScalar(bytes, i, to) : i;
        if (end === i) break;
        events.onScalar(base + i, base + end);
        state = AFTER_VALUE;
        i = end;
        continue;
      }
      i++;
    }
    this.#state = state;
    this.#depth = depth;
    this.#isKey = isKey;
    this.#tokenStart = start;
    this.#escaped = escaped;
    return i;
  }

  #structure(byte: number, at: number): void {
    switch (this.#state) {
      case AFTER_VALUE:
        this.#afterValue(byte, at);
        return;
      case VALUE:
        this.#value(byte, at);
        return;
      case AFTER_KEY:
        if (byte === COLON) this.#state = VALUE;
        else this.#passSpace(byte, at);
        return;
      case KEY:
        if (byte === QUOTE) this.#beginString(at, true);
        else this.#passSpace(byte, at);
        return;
      case FIRST_KEY:
        if (byte === QUOTE) this.#beginString(at, true);
        else if (byte === CLOSE_OBJECT) this.#close(at, false);
        else this.#passSpace(byte, at);
        return;
      case FIRST_VALUE:
        if (byte === CLOSE_ARRAY) this.#close(at, true);
        else this.#value(byte, at);
        return;
      case BEGIN:
        this.#begin(byte, at);
        return;
      default:
        this.#passSpace(byte, at);
    }
  }

  #begin(byte: number, at: number): void {
    if (byte === OPEN_OBJECT) this.#open(false, at);
    else if (byte === OPEN_ARRAY && this.#limits.arrayAtRoot) this.#open(true, at);
    else this.#passSpace(byte, at);
  }

  #value(byte: number, at: number): void {
    if (byte === QUOTE) this.#beginString(at, false);
    else if (byte === OPEN_OBJECT) this.#open(false, at);
    else if (byte === OPEN_ARRAY) this.#open(true, at);
    else this.#beginScalar(byte, at);
  }

  #beginScalar(byte: number, at: number): void {
    const number = beginNumber(byte);
    const literal = LITERALS[byte];
    if (number !== 0) this.#state = NUMBER;
    else if (literal !== undefined) this.#state = LITERAL;
    else {
      this.#passSpace(byte, at);
      return;
    }
    this.#number = number;
    this.#literal = literal ?? '';
    this.#tokenStart = at;
  }

  #open(isArray: boolean, at: number): void {
    if (this.#depth === this.#limits.maxDepth) {
      throw new MaskError('ERR_MASK_TOO_DEEP', `JSON is nested deeper than ${this.#limits.maxDepth} levels`);
    }
    if (this.#depth === this.#isArray.length) this.#grow();
    this.#isArray[this.#depth++] = isArray ? 1 : 0;
    this.#state = isArray ? FIRST_VALUE : FIRST_KEY;
    // Nothing is known of what there are no bytes of.
    this.#events.onOpen(isArray, at, at, 0);
  }

  #grow(): void {
    const larger = new Uint8Array(Math.min(this.#limits.maxDepth, this.#isArray.length * 2));
    larger.set(this.#isArray);
    this.#isArray = larger;
  }

  #close(at: number, isArray: boolean): void {
    this.#depth--;
    this.#state = AFTER_VALUE;
    this.#events.onClose(isArray, at + 1);
    if (this.#depth === 0) {
      this.#state = this.#limits.documents === 'many' ? BEGIN : DONE;
      this.#events.onDocument(at + 1);
    }
  }

  #afterValue(byte: number, at: number): void {
    const inArray = this.#isArray[this.#depth - 1] === 1;
    if (byte === COMMA) this.#state = inArray ? VALUE : KEY;
    else if (byte === (inArray ? CLOSE_ARRAY : CLOSE_OBJECT)) this.#close(at, inArray);
    else this.#passSpace(byte, at);
  }

  #beginString(at: number, isKey: boolean): void {
    this.#tokenStart = at + 1;
    this.#isKey = isKey;
    this.#escaped = false;
    this.#state = STRING;
  }

  /** Whatever is no part of JSON's structure where it stands is white space, or refused. */
  #passSpace(byte: number, at: number): void {
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) this.#refuse(at);
  }

  #string(bytes: Uint8Array, from: number, to: number, base: number): number {
    let i = from;
    while (i < to) {
      if (this.#escape === 0 && this.#utf8Due === 0) i = afterPlain(bytes, i, to);
      if (i === to) return i;
      this.#special(bytes[i] as number, base + i);
      i++;
      if (this.#state !== STRING) return i;
    }
    return i;
  }

  #special(byte: number, at: number): void {
    if (this.#utf8Due > 0) this.#continueUtf8(byte, at);
    else if (this.#escape > 0) this.#continueEscape(byte, at);
    else if (byte === QUOTE) this.#endString(at);
    else if (byte === BACKSLASH) {
      this.#escaped = true;
      this.#escape = 5;
    } else this.#beginUtf8(byte, at);
  }

  #endString(end: number): void {
    if (this.#isKey) {
      this.#state = AFTER_KEY;
      this.#events.onKey(this.#tokenStart, end, this.#escaped);
    } else {
      this.#state = AFTER_VALUE;
      this.#events.onString(this.#tokenStart, end, this.#escaped);
    }
  }

  #continueEscape(byte: number, at: number): void {
    if (this.#escape < 5) {
      if (hexValue(byte) < 0) this.#refuse(at);
      this.#escape--;
    } else if (byte === 0x75) this.#escape = 4;
    else if (SHORT_ESCAPE[byte] === 0) this.#refuse(at);
    else this.#escape = 0;
  }

  /** Overlong forms, surrogates and values above U+10FFFF are excluded by the second byte's bounds (RFC 3629 §4). */
  #beginUtf8(lead: number, at: number): void {
    if (lead < 0xc2 || lead > 0xf4) this.#refuse(at);
    this.#utf8Due = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    this.#utf8Low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    this.#utf8High = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  }

  #continueUtf8(byte: number, at: number): void {
    if (byte < this.#utf8Low || byte > this.#utf8High) this.#refuse(at);
    this.#utf8Due--;
    this.#utf8Low = 0x80;
    this.#utf8High = 0xbf;
  }

  #digits(bytes: Uint8Array, from: number, to: number, base: number): number {
    let i = from;
    while (i < to) {
      const next = continueNumber(this.#number, bytes[i] as number);
      if (next === 0) {
        if (!isCompleteNumber(this.#number)) this.#refuse(base + i);
        this.#state = AFTER_VALUE;
        this.#events.onScalar(this.#tokenStart, base + i);
        return i;
      }
      this.#number = next;
      i++;
    }
    return i;
  }

  #letter(byte: number, i: number, base: number): number {
    const at = base + i - this.#tokenStart;
    if (this.#literal.charCodeAt(at) !== byte) this.#refuse(base + i);
    if (at === this.#literal.length - 1) {
      this.#state = AFTER_VALUE;
      this.#events.onScalar(this.#tokenStart, base + i + 1);
    }
    return i + 1;
  }

  #refuse(at: number): never {
    throw new MaskError('ERR_MASK_MALFORMED', `not JSON in UTF-8 at byte ${at}`);
  }
}

function afterPlain(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && PLAIN[bytes[i] as number] === 1) i++;
  return i;
}
