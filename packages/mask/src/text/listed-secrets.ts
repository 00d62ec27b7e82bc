// SPDX-License-Identifier: Apache-2.0
import { BACKSLASH, CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from '../json/bytes.ts';
import { isIn, SPACE } from './byte-class.ts';
import {
  afterProperties,
  indentation,
  isBlockMark,
  isNoValueOf,
  type LineAssignment,
  lineAssignment,
  trimmedEnd,
  unquoted,
} from './line-shape.ts';
import { isAboutSecret, isAuthName, isPluralOfSecrets, isSecretName } from './secret-name.ts';
import { elementValues, severalValues } from './several-values.ts';
import type { TextHit } from './text-hit.ts';

const DASH = 0x2d;
const HASH = 0x23;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
/** Behind what a comment or a quoted text begins. */
const BEGINNINGS = ' \t\r[{,:';
const NOTHING: readonly TextHit[] = [];

/**
 * Reads the lists and maps of a file of configuration that stand under the names of secrets, in the same line, in those
 * below, or, in brackets, over lines: of YAML and TOML.
 */
export class ListedSecrets {
  /** Lines indented deeper than this, and elements as deep, are of secrets; -1 for none. */
  #indent = -1;
  /** Brackets that are open at the end of the line before. */
  #depth = 0;
  /** Of the name before them. */
  #flowIndent = 0;
  /** Below the name of one secret: lines indented deeper than this are about it, or of a block that is one; -1 for none. */
  #passed = -1;
  #block = -1;
  /** Whether what is more than a word counts there, as below a plural: below the name of one secret there is also what is about it. */
  #haveMembers = false;
  /** Whether each element is a secret, a word as well, as below the name of one. */
  #isEach = false;
  /** Whether that name ends in AUTH, so that a way to log in is no secret. */
  #isOfAuth = false;

  /** Hits in the line `bytes[from, to)`; each line of the file is read once, in order. */
  readLine(bytes: Uint8Array, from: number, to: number): readonly TextHit[] {
    const indent = indentation(bytes, from, to);
    const start = from + indent;
    if (start >= trimmedEnd(bytes, from, to) || bytes[start] === HASH) return NOTHING;
    if (this.#depth > 0 && indent <= this.#flowIndent && !goesOnWithFlow(bytes, from, start, to)) this.#depth = 0;
    if (this.#depth > 0) return this.#readFlow(bytes, start, to);
    const isElement = bytes[start] === DASH;
    if (indent < this.#indent + (isElement ? 0 : 1)) this.#indent = -1;
    const assignment = lineAssignment(bytes, from, to);
    if (this.#indent < 0) return assignment === undefined ? NOTHING : this.#begin(bytes, assignment, to);
    if (isElement && assignment === undefined) return this.#values(bytes, afterProperties(bytes, start + 1, to), to);
    return this.#haveMembers ? severalValues(bytes, start, to) : this.#readMember(bytes, from, to, assignment);
  }

  /** Of a map below the name of one secret, all that is not about the secret. */
  #readMember(bytes: Uint8Array, from: number, to: number, assignment: LineAssignment | undefined): readonly TextHit[] {
    const indent = indentation(bytes, from, to);
    if (indent <= this.#passed) this.#passed = -1;
    if (this.#passed >= 0) return NOTHING;
    if (indent <= this.#block) this.#block = -1;
    if (this.#block >= 0) return [wholeOf(from + indent, trimmedEnd(bytes, from, to))];
    if (assignment === undefined) return severalValues(bytes, from + indent, to);
    const { nameStart, nameEnd, valueStart, valueEnd } = assignment;
    if (isAboutSecret(bytes, nameStart, nameEnd)) {
      this.#passed = nameStart - from;
      return NOTHING;
    }
    if (isInBrackets(bytes, assignment)) return severalValues(bytes, valueStart, to);
    if (isBlockMark(bytes, valueStart, valueEnd)) this.#block = nameStart - from;
    const value = unquoted(bytes, valueStart, valueEnd);
    return isNoValueOf(bytes, assignment, value) ? NOTHING : [wholeOf(value.start, value.end)];
  }

  #begin(bytes: Uint8Array, assignment: LineAssignment, to: number): readonly TextHit[] {
    const { indent, nameStart, nameEnd, valueStart, isColon } = assignment;
    const isPlural = isPluralOfSecrets(bytes, nameStart, nameEnd);
    const isSecret = isSecretName(bytes, nameStart, nameEnd);
    if (!isPlural && !isSecret) return NOTHING;
    const start = isColon ? afterProperties(bytes, valueStart, to) : valueStart;
    const isList = bytes[start] === OPEN_ARRAY;
    this.#flowIndent = indent;
    this.#haveMembers = isPlural;
    this.#isEach = isSecret;
    this.#isOfAuth = isAuthName(bytes, nameStart, nameEnd);
    this.#passed = -1;
    this.#block = -1;
    if (isColon && (start >= trimmedEnd(bytes, start, to) || bytes[start] === HASH)) this.#indent = indent;
    return isList || bytes[start] === OPEN_OBJECT ? this.#readFlow(bytes, start, to) : NOTHING;
  }

  /** What of a line is in brackets, which a comment is not. */
  #readFlow(bytes: Uint8Array, from: number, to: number): readonly TextHit[] {
    const isMap = this.#depth === 0 && bytes[from] === OPEN_OBJECT;
    if (isMap) this.#isEach = false;
    const { end, depth } = endOfFlow(bytes, from, to, this.#depth);
    this.#depth = depth;
    return this.#values(bytes, from, end);
  }

  #values(bytes: Uint8Array, from: number, to: number): readonly TextHit[] {
    return this.#isEach ? elementValues(bytes, from, to, this.#isOfAuth) : severalValues(bytes, from, to);
  }
}

function wholeOf(start: number, end: number): TextHit {
  return { start, end, detector: 'named-value', tokenClass: 'password', form: 'text' };
}

/**
 * Whether a value, behind an anchor and a tag of YAML, is a list or a map in brackets: behind those there is nothing but a
 * comma and a comment, or they close on a later line.
 */
export function isInBrackets(bytes: Uint8Array, { isColon, valueStart, valueEnd }: LineAssignment): boolean {
  const start = isColon ? afterProperties(bytes, valueStart, valueEnd) : valueStart;
  if (start >= valueEnd || (bytes[start] !== OPEN_ARRAY && bytes[start] !== OPEN_OBJECT)) return false;
  const { end, depth } = endOfFlow(bytes, start, valueEnd, 0);
  if (depth > 0) return true;
  const behind = bytes[end] === COMMA ? end + 1 : end;
  const rest = behind + indentation(bytes, behind, valueEnd);
  return rest >= valueEnd || (rest > behind && bytes[rest] === HASH);
}

/**
 * Whether a line that is indented no deeper than the name of a list in brackets may still be part of it, as in TOML: it
 * closes one, or is an element, in quotes or with a comma behind it. Else whoever opened the bracket never closed it.
 */
function goesOnWithFlow(bytes: Uint8Array, from: number, start: number, to: number): boolean {
  const first = bytes[start];
  if (first === CLOSE_ARRAY || first === CLOSE_OBJECT || first === COMMA) return true;
  if (lineAssignment(bytes, from, to) !== undefined) return false;
  const last = bytes[trimmedEnd(bytes, start, to) - 1];
  const isQuoted = first === QUOTE || first === APOSTROPHE;
  const isOneWord =
    first !== OPEN_ARRAY && bytes.subarray(start, trimmedEnd(bytes, start, to)).every((byte) => !isIn(byte, SPACE));
  return isQuoted || isOneWord || last === COMMA || (first !== OPEN_ARRAY && last === CLOSE_ARRAY);
}

/** Where brackets close, or the line ends or becomes a comment; and how many are open then. */
function endOfFlow(bytes: Uint8Array, from: number, to: number, before: number): { end: number; depth: number } {
  let depth = before;
  let isBegin = true;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte === HASH && isBegin) return { end: at, depth };
    const isQuoted: boolean = isBegin && (byte === QUOTE || byte === APOSTROPHE);
    if (isQuoted) at = closingMark(bytes, at + 1, to, byte);
    else depth += stepOf(byte);
    if (depth === 0) return { end: at + 1, depth };
    isBegin = !isQuoted && BEGINNINGS.includes(String.fromCharCode(byte));
  }
  return { end: to, depth };
}

function stepOf(byte: number): number {
  if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) return 1;
  return byte === CLOSE_ARRAY || byte === CLOSE_OBJECT ? -1 : 0;
}

/** Of a quoted text, its closing mark, which in YAML is no `''`, or the end of the line. */
function closingMark(bytes: Uint8Array, from: number, to: number, mark: number): number {
  let at = from;
  while (at < to) {
    const isPair = mark === QUOTE ? bytes[at] === BACKSLASH : bytes[at] === mark && bytes[at + 1] === mark;
    if (!isPair && bytes[at] === mark) return at;
    at += isPair ? 2 : 1;
  }
  return at;
}
