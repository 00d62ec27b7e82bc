// SPDX-License-Identifier: Apache-2.0
import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, QUOTE, utf8 } from '../json/bytes.ts';
import {
  afterProperties,
  base64Width,
  indentation,
  isBlockMark,
  type LineAssignment,
  trimmedEnd,
  unquoted,
} from './line-shape.ts';
import { isOwnMask } from './own-mask.ts';
import { isBase64So, isSecretData } from './secret-data.ts';
import type { TextHit } from './text-hit.ts';

const DASH = 0x2d;
const HASH = 0x23;
const COMMA = 0x2c;
const APOSTROPHE = 0x27;
const KIND = utf8('kind');
const DATA = utf8('data');
const STRING_DATA = utf8('stringData');
const NOTHING: readonly TextHit[] = [];
/** So many lines may stand between the kind of a Secret and its values. */
const MAX_LINES = 2_000;
const NONE = -1;

/** What a line says, beside where it stands. */
interface Line {
  readonly bytes: Uint8Array;
  /** Of what stands first in it. */
  readonly column: number;
  readonly start: number;
  readonly end: number;
  readonly assignment: LineAssignment | undefined;
  /** Of the name in it, without quotes and the dashes of a list. */
  readonly nameColumn: number;
}

/** What is remembered from line to line. */
interface State {
  /** Where the `kind` of a Secret stands, and that of a list of them. */
  readonly kind: number;
  readonly list: number;
  /** Where the `data` stands that lines are indented below; whether all of it is a Secret's. */
  readonly block: number;
  readonly isWhole: boolean;
  /** Lines indented deeper go on with a value of that. */
  readonly value: number;
  readonly lines: number;
}

const IDLE: State = { kind: NONE, list: NONE, block: NONE, isWhole: false, value: NONE, lines: 0 };

/**
 * Reads the values of Secrets in manifests over lines, as `kubectl get -o yaml` and `-o json` print them. Those have `kind`
 * behind `data`, and what has been printed can't be taken back: below a `data` of whatever kind, what can be nothing but a
 * Secret's counts. Where the kind came first, and below `stringData`, all does.
 */
export class SecretLines {
  #state = IDLE;

  /** Whether nothing is remembered. */
  get isIdle(): boolean {
    return this.#state === IDLE;
  }

  /** What `readLine` gives, and nothing is remembered. */
  peekLine(bytes: Uint8Array, from: number, to: number, assignment: LineAssignment | undefined): readonly TextHit[] {
    const state = this.#state;
    const hits = this.#read(bytes, from, to, assignment, true);
    this.#state = state;
    return hits;
  }

  /** Hits in the line `bytes[from, to)`; each line is read once, in order. */
  readLine(bytes: Uint8Array, from: number, to: number, assignment: LineAssignment | undefined): readonly TextHit[] {
    return this.#read(bytes, from, to, assignment, false);
  }

  #read(
    bytes: Uint8Array,
    from: number,
    to: number,
    assignment: LineAssignment | undefined,
    isLive: boolean,
  ): readonly TextHit[] {
    const column = indentation(bytes, from, to);
    const end = trimmedEnd(bytes, from, to);
    const start = from + column;
    if (start >= end || bytes[start] === HASH) return NOTHING;
    const isNameQuoted = assignment !== undefined && isQuote(bytes[assignment.nameStart - 1]);
    const nameColumn = assignment === undefined ? column : assignment.nameStart - from - (isNameQuoted ? 1 : 0);
    const line = { bytes, column, start, end, assignment, nameColumn };
    if (this.#state.block !== NONE && column <= this.#state.block) this.#end();
    if (this.#state.block !== NONE) return this.#readValue(line, isLive);
    this.#readMember(line);
    return NOTHING;
  }

  #end(): void {
    this.#set({ block: NONE, value: NONE, isWhole: false, lines: 0 });
  }

  #set(change: Partial<State>): void {
    const state = { ...this.#state, ...change };
    const isIdle = state.kind === NONE && state.list === NONE && state.block === NONE;
    this.#state = isIdle || state.lines > MAX_LINES ? IDLE : state;
  }

  #readMember(line: Line): void {
    const { bytes, column, end, assignment, nameColumn } = line;
    this.#leave(line);
    if (this.#state !== IDLE) this.#set({ lines: this.#state.lines + 1 });
    if (assignment === undefined) {
      if (column === 0 && !isPunctuation(line)) this.#state = IDLE;
      return;
    }
    if (is(bytes, assignment, KIND)) this.#readKind(line, assignment);
    const isText = is(bytes, assignment, STRING_DATA);
    if (!isText && !is(bytes, assignment, DATA)) return;
    const { valueStart } = assignment;
    const content = afterProperties(bytes, valueStart, end);
    const isOpened = bytes[content] === OPEN_OBJECT && content + 1 === end;
    if (!isOpened && content < end && bytes[content] !== HASH) return;
    const { kind, list } = this.#state;
    const isWhole = isText || kind === nameColumn || (list !== NONE && list <= nameColumn);
    this.#set({ block: nameColumn, isWhole, value: NONE, lines: 0 });
  }

  #readKind({ bytes, nameColumn }: Line, { valueStart, valueEnd }: LineAssignment): void {
    const { start, end } = unquoted(bytes, valueStart, valueEnd);
    const kind = end - start > 16 ? '' : String.fromCharCode(...bytes.subarray(start, end));
    if (kind === 'Secret') this.#set({ kind: nameColumn, lines: 0 });
    else if (kind === 'SecretList') this.#set({ list: nameColumn, lines: 0 });
    else if (nameColumn === this.#state.kind) this.#set({ kind: NONE });
  }

  /** An object is over where a line stands farther left than its members, and where the next one of a list begins. */
  #leave({ bytes, column, start, nameColumn }: Line): void {
    const { kind, list } = this.#state;
    const isNext = bytes[start] === DASH && nameColumn === kind;
    if (kind !== NONE && (isNext || (column < kind && nameColumn !== kind))) this.#set({ kind: NONE });
    if (list !== NONE && column < list) this.#set({ list: NONE });
  }

  #readValue(line: Line, isLive: boolean): readonly TextHit[] {
    const { bytes, column, start, end, assignment, nameColumn } = line;
    const { value, isWhole } = this.#state;
    if (value !== NONE && column > value) return this.#readFurther(line);
    this.#set({ value: NONE });
    if (assignment === undefined) return isWhole && !isPunctuation(line) ? hit(bytes, start, end, 'text') : NOTHING;
    const { valueStart, valueEnd } = assignment;
    if (isBegin(bytes, assignment)) {
      this.#set({ value: nameColumn });
      return isWhole && isOpener(bytes[valueStart]) && valueEnd - valueStart > 1
        ? hit(bytes, valueStart, valueEnd, 'text')
        : NOTHING;
    }
    const span = unquoted(bytes, valueStart, valueEnd);
    const stop = isLive ? end : span.end;
    if (isSecretData(bytes, span.start, span.end)) return hit(bytes, span.start, stop, 'base64');
    return isWhole || (isLive && isBase64So(bytes, span.start, end)) ? hit(bytes, span.start, stop, 'text') : NOTHING;
  }

  /** A line that goes on with a value. */
  #readFurther({ bytes, start, end }: Line): readonly TextHit[] {
    const isEncoded = base64Width(bytes, start, end) > 0 && isSecretData(bytes, start, end);
    return this.#state.isWhole || isEncoded ? hit(bytes, start, end, isEncoded ? 'base64' : 'text') : NOTHING;
  }
}

/** Whether a value stands in the lines below. */
function isBegin(bytes: Uint8Array, { valueStart, valueEnd }: LineAssignment): boolean {
  const isMark = valueStart >= valueEnd || isBlockMark(bytes, valueStart, valueEnd);
  return isMark || isOpener(bytes[valueStart]);
}

function hit(bytes: Uint8Array, start: number, end: number, form: TextHit['form']): readonly TextHit[] {
  if (start >= end || isOwnMask(bytes, start, end)) return NOTHING;
  return [{ start, end, detector: 'embedded-secret', tokenClass: 'secret', form }];
}

function is(bytes: Uint8Array, { nameStart, nameEnd }: LineAssignment, name: Uint8Array): boolean {
  if (nameEnd - nameStart !== name.length) return false;
  return name.every((byte, index) => bytes[nameStart + index] === byte);
}

function isQuote(byte: number | undefined): boolean {
  return byte === QUOTE || byte === APOSTROPHE;
}

function isOpener(byte: number | undefined): boolean {
  return byte === OPEN_OBJECT || byte === OPEN_ARRAY;
}

/** Nothing but brackets and commas. */
function isPunctuation({ bytes, start, end }: Line): boolean {
  const marks: readonly (number | undefined)[] = [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY, COMMA];
  for (let at = start; at < end; at++) if (!marks.includes(bytes[at])) return false;
  return true;
}
