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
import { beginNumber, continueNumber, isCompleteNumber, type NumberState } from './number-state.ts';

/**
 * What a tokenizer tells of a document, in order. Offsets count bytes from the first byte ever given; `start` and
 * `end` of a key or string exclude the quotes; `escaped` says that the text holds at least one backslash.
 */
export interface JsonEvents {
  onOpen(isArray: boolean, at: number): void;
  onClose(isArray: boolean, end: number): void;
  onKey(start: number, end: number, escaped: boolean): void;
  onString(start: number, end: number, escaped: boolean): void;
  /** A number, true, false or null. */
  onScalar(start: number, end: number): void;
  onDocument(end: number): void;
}

export interface JsonLimits {
  /** Deepest nesting of objects and arrays. */
  readonly maxDepth: number;
  /** One document and then only white space, or any number back to back (a watch). */
  readonly documents: 'one' | 'many';
  /** Whether a document may be an array. Scalars never are documents. */
  readonly arrayAtRoot: boolean;
}

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

const LITERALS: Readonly<Record<number, string>> = { 116: 'true', 102: 'false', 110: 'null' };

/** 1 for the bytes that need no thought inside a string: ASCII without controls, quote and backslash. */
const PLAIN = new Uint8Array(256).map((_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);

/**
 * A strict, incremental reader of RFC 8259 JSON over bytes: it can stop after any byte and go on with the next chunk.
 * It holds no content, only where it stands, so its memory does not grow with the document.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export class JsonTokenizer {
  readonly #events: JsonEvents;
  readonly #limits: JsonLimits;
  /** 1 for an array, 0 for an object, per open level. */
  readonly #isArray: Uint8Array;
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
    this.#isArray = new Uint8Array(limits.maxDepth);
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
      if (this.#state < STRING) {
        this.#structure(bytes[i] as number, base + i);
        i++;
      } else if (this.#state === STRING) i = this.#string(bytes, i, to, base);
      else if (this.#state === NUMBER) i = this.#digits(bytes, i, to, base);
      else i = this.#letter(bytes[i] as number, i, base);
    }
  }

  #structure(byte: number, at: number): void {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return;
    switch (this.#state) {
      case AFTER_VALUE:
        this.#afterValue(byte, at);
        return;
      case AFTER_KEY:
        if (byte !== COLON) this.#refuse(at);
        this.#state = VALUE;
        return;
      case FIRST_KEY:
      case KEY:
        if (byte === QUOTE) this.#beginString(at, true);
        else if (byte === CLOSE_OBJECT && this.#state === FIRST_KEY) this.#close(at, false);
        else this.#refuse(at);
        return;
      case BEGIN:
        this.#begin(byte, at);
        return;
      case FIRST_VALUE:
        if (byte === CLOSE_ARRAY) this.#close(at, true);
        else this.#value(byte, at);
        return;
      case VALUE:
        this.#value(byte, at);
        return;
      default:
        this.#refuse(at);
    }
  }

  #begin(byte: number, at: number): void {
    const isArray = byte === OPEN_ARRAY;
    if (byte !== OPEN_OBJECT && !(isArray && this.#limits.arrayAtRoot)) this.#refuse(at);
    this.#open(isArray, at);
  }

  #value(byte: number, at: number): void {
    if (byte === QUOTE) this.#beginString(at, false);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#open(byte === OPEN_ARRAY, at);
    else if (LITERALS[byte] !== undefined) {
      this.#literal = LITERALS[byte];
      this.#tokenStart = at;
      this.#state = LITERAL;
    } else {
      this.#number = beginNumber(byte);
      if (this.#number === 0) this.#refuse(at);
      this.#tokenStart = at;
      this.#state = NUMBER;
    }
  }

  #open(isArray: boolean, at: number): void {
    if (this.#depth === this.#limits.maxDepth) {
      throw new MaskError('ERR_MASK_TOO_DEEP', `JSON is nested deeper than ${this.#limits.maxDepth} levels`);
    }
    this.#isArray[this.#depth++] = isArray ? 1 : 0;
    this.#state = isArray ? FIRST_VALUE : FIRST_KEY;
    this.#events.onOpen(isArray, at);
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
    else this.#refuse(at);
  }

  #beginString(at: number, isKey: boolean): void {
    this.#tokenStart = at + 1;
    this.#isKey = isKey;
    this.#escaped = false;
    this.#state = STRING;
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
    else if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) this.#refuse(at);
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
