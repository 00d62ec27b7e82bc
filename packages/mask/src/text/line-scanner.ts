// SPDX-License-Identifier: Apache-2.0
import { DENSE_TURN_BYTES, type InTurns } from '../turns.ts';
import { BASE64_BYTE, runEnd } from './byte-class.ts';
import { directiveHits } from './directive.ts';
import {
  base64Width,
  contentStart,
  indentation,
  isBlockMark,
  isNoValueOf,
  type LineAssignment,
  lineAssignment,
  looksEncoded,
  looksLikeKeyBody,
  trimmedEnd,
  unquoted,
  type ValueSpan,
} from './line-shape.ts';
import { isInBrackets, ListedSecrets } from './listed-secrets.ts';
import { isOwnMask } from './own-mask.ts';
import { PairedLines } from './paired-lines.ts';
import { SecretLines } from './secret-lines.ts';
import { isSecretName } from './secret-name.ts';
import { joinHits, type TextHit } from './text-hit.ts';
import type { ScanOptions, TextScanner } from './text-scanner.ts';

/** A key whose END never comes is taken to be over after so many lines, or so many in a row that are none of a key. */
const MAX_KEY_LINES = 400;
const MAX_OTHER_LINES = 20;
const MIN_KEY_RUN = 16;
const MIN_KEY_LINE = 40;
const MIN_WRAPPED = 60;
const BACKSLASH = 0x5c;

const NAMED = { detector: 'named-value', tokenClass: 'password', form: 'text' } as const;

/** The rule of a line that is part of a value which began on a line before. */
export const CONTINUED = 'continued-value';

export interface LineOptions {
  /** Whether the lines are a file of configuration: then all that stands after a secret name is its value. */
  readonly isConfig: boolean;
  /** Whether a line goes on word by word. */
  readonly isTerminal?: boolean;
  /** Whether lines before the first may be missing, so that it may stand in the middle of a key. */
  readonly mayBeginInside: boolean;
}

/**
 * Scans a text line by line, and remembers what a line says about those that follow: a private key that has begun, a
 * block of YAML under a secret name, a name whose value comes on the next line, base64 that is wrapped.
 */
export class LineScanner {
  readonly #scanner: TextScanner;
  readonly #options: LineOptions;
  readonly #scanOptions: ScanOptions;
  /** Lines that a key which has begun may still have. */
  #keyLines = 0;
  /** Lines in a row, inside a key, that are none of it. */
  #otherLines = 0;
  /** Lines indented deeper than this belong to a secret value; -1 for none. */
  #blockIndent = -1;
  readonly #listed = new ListedSecrets();
  readonly #secrets = new SecretLines();
  #isContinued = false;
  readonly #pairs: PairedLines;
  #wrappedWidth = 0;
  #isInside: boolean;

  constructor(scanner: TextScanner, options: LineOptions) {
    this.#scanner = scanner;
    this.#options = options;
    this.#scanOptions = { isStrict: options.isConfig, isTerminal: options.isTerminal ?? false };
    this.#isInside = options.mayBeginInside;
    this.#pairs = new PairedLines(options.isConfig);
  }

  /** Whether nothing is remembered: a line in which no anchor stands then has no hits. */
  get isIdle(): boolean {
    const isInValue = this.#keyLines > 0 || this.#blockIndent >= 0 || this.#isContinued || this.#wrappedWidth > 0;
    return !isInValue && this.#pairs.isIdle && !this.#isInside && this.#secrets.isIdle;
  }

  /** Hits in the line `bytes[from, to)`, without its line feed; `isCut` if it may go on in what is not there. */
  scanLine(bytes: Uint8Array, from: number, to: number, isCut: boolean): readonly TextHit[] {
    return this.#scan(bytes, from, to, isCut ? { ...this.#scanOptions, isCut } : this.#scanOptions);
  }

  /** Like `scanLine`, of a line that is there whole. */
  *scanLineInTurns(bytes: Uint8Array, from: number, to: number): InTurns<readonly TextHit[]> {
    if (to - from <= DENSE_TURN_BYTES) return this.scanLine(bytes, from, to, false);
    const content = contentStart(bytes, from, to);
    const carried = this.#carriedHit(bytes, content, to, false);
    if (carried !== undefined) return [carried];
    const found = yield* this.#scanner.scanInTurns(bytes.subarray(from, to), this.#scanOptions);
    const moved = from === 0 ? found : found.map((hit) => ({ ...hit, start: hit.start + from, end: hit.end + from }));
    return this.#withExtra(bytes, content, to, moved, false);
  }

  /**
   * Like `scanLine`, for what is there of a line that goes on: what may still become a hit counts as one, and nothing is
   * remembered.
   */
  peekLine(bytes: Uint8Array, from: number, to: number): readonly TextHit[] {
    const before = [this.#keyLines, this.#otherLines, this.#blockIndent, this.#wrappedWidth] as const;
    const [isContinued, isInside] = [this.#isContinued, this.#isInside];
    const hits = this.#scan(bytes, from, to, { ...this.#scanOptions, isLive: true });
    [this.#keyLines, this.#otherLines, this.#blockIndent, this.#wrappedWidth] = before;
    [this.#isContinued, this.#isInside] = [isContinued, isInside];
    return hits;
  }

  #scan(bytes: Uint8Array, from: number, to: number, options: ScanOptions): readonly TextHit[] {
    const content = contentStart(bytes, from, to);
    const isLive = options.isLive ?? false;
    const carried = this.#carriedHit(bytes, content, to, isLive);
    if (carried !== undefined) return [carried];
    return this.#withExtra(bytes, content, to, this.#scanner.scanText(bytes, from, to, options), isLive);
  }

  #withExtra(
    bytes: Uint8Array,
    content: number,
    to: number,
    found: readonly TextHit[],
    isLive: boolean,
  ): readonly TextHit[] {
    const assignment = lineAssignment(bytes, content, to);
    const secrets = isLive
      ? this.#secrets.peekLine(bytes, content, to, assignment)
      : this.#secrets.readLine(bytes, content, to, assignment);
    const extra = this.#extraHits(bytes, content, to, assignment, isLive);
    this.#remember(bytes, content, to, assignment, found);
    return extra.length + secrets.length > 0 ? joinHits([...found, ...secrets, ...extra]) : found;
  }

  /** The whole line, if it is part of a value that began on a line before. */
  #carriedHit(bytes: Uint8Array, from: number, to: number, isLive: boolean): TextHit | undefined {
    const indent = indentation(bytes, from, to);
    const end = trimmedEnd(bytes, from, to);
    const isBlank = from + indent >= end;
    if (this.#blockIndent >= 0 && !isBlank && indent <= this.#blockIndent) this.#blockIndent = -1;
    const width = base64Width(bytes, from, to);
    const isWrapped = this.#wrappedWidth > 0 && width > 0 && width <= this.#wrappedWidth;
    this.#wrappedWidth = isWrapped && width === this.#wrappedWidth ? width : 0;
    const isContinued = this.#isContinued;
    this.#isContinued &&= bytes[end - 1] === BACKSLASH;
    if (isBlank || !(this.#blockIndent >= 0 || isWrapped || isContinued)) return undefined;
    if (!isLive && isOwnMask(bytes, from + indent, end)) return undefined;
    return { start: from + indent, end, detector: CONTINUED, tokenClass: 'text', form: 'text' };
  }

  #keyHits(bytes: Uint8Array, from: number, to: number): TextHit[] {
    const hits: TextHit[] = [];
    this.#isInside &&= looksLikeKeyBody(bytes, from, to);
    if (this.#keyLines > 0 || this.#isInside) addKeyRuns(hits, bytes, from, to);
    const isOfKey = hits.some(({ start, end }) => end - start >= MIN_KEY_LINE || looksEncoded(bytes, start, end));
    this.#otherLines = isOfKey ? 0 : this.#otherLines + 1;
    this.#keyLines = this.#otherLines < MAX_OTHER_LINES ? Math.max(0, this.#keyLines - 1) : 0;
    return hits;
  }

  #extraHits(
    bytes: Uint8Array,
    from: number,
    to: number,
    read: LineAssignment | undefined,
    isLive: boolean,
  ): TextHit[] {
    const hits = this.#keyHits(bytes, from, to);
    if (this.#options.isConfig) hits.push(...this.#listed.readLine(bytes, from, to));
    const paired = this.#pairedValue(bytes, from, to, read, isLive);
    if (paired !== undefined) hits.push({ ...paired, ...NAMED });
    if (!this.#options.isConfig) return hits;
    const assignment = read;
    if (assignment === undefined) return [...hits, ...directiveHits(bytes, from, to)];
    if (!isSecretName(bytes, assignment.nameStart, assignment.nameEnd)) return hits;
    const { start, end } = valueSpan(bytes, assignment, isLive ? to : undefined);
    if (start >= end) return hits;
    hits.push({ start, end, ...NAMED });
    this.#isContinued = bytes[end - 1] === BACKSLASH;
    if (assignment.isColon) this.#blockIndent = assignment.indent;
    return hits;
  }

  /** Of a line that goes on, all that is there of a value. */
  #pairedValue(
    bytes: Uint8Array,
    from: number,
    to: number,
    read: LineAssignment | undefined,
    isLive: boolean,
  ): ValueSpan | undefined {
    if (read !== undefined && isLive) {
      const { start } = unquoted(bytes, read.valueStart, read.valueEnd);
      return this.#pairs.isValueOfPair(bytes, from, read) && start < to ? { start, end: to } : undefined;
    }
    if (read !== undefined) return this.#pairs.readLine(bytes, from, read);
    if (!isLive) this.#pairs.pass();
    return undefined;
  }

  #remember(
    bytes: Uint8Array,
    from: number,
    to: number,
    assignment: LineAssignment | undefined,
    found: readonly TextHit[],
  ): void {
    if (this.#scanner.key === 'open') {
      this.#keyLines = MAX_KEY_LINES;
      this.#otherLines = 0;
    }
    if (this.#scanner.key === 'closed') this.#keyLines = 0;
    const encoded = found.at(-1);
    if (encoded?.detector === 'encoded') {
      const width = base64Width(bytes, from, to);
      if (width >= MIN_WRAPPED && encoded.end === trimmedEnd(bytes, from, to)) this.#wrappedWidth = width;
    }
    if (assignment === undefined) return;
    const { nameStart, nameEnd, valueStart, valueEnd } = assignment;
    if (isBlockMark(bytes, valueStart, valueEnd)) {
      if (isSecretName(bytes, nameStart, nameEnd)) this.#blockIndent = assignment.indent;
    }
  }
}

/** Base64 in a line of a key, whatever a logger puts before it; its short last line only where it stands alone. */
function addKeyRuns(hits: TextHit[], bytes: Uint8Array, from: number, to: number): void {
  const isAlone = base64Width(bytes, from, to) > 0;
  const add = (start: number, end: number) =>
    hits.push({ start, end, detector: 'private-key', tokenClass: 'pem', form: 'text' });
  if (isAlone) {
    const start = from + indentation(bytes, from, to);
    const end = trimmedEnd(bytes, start, to);
    if (!isOwnMask(bytes, start, end)) add(start, end);
    return;
  }
  const lineEnd = trimmedEnd(bytes, from, to);
  for (let at = from; at < lineEnd; at++) {
    let end = runEnd(bytes, at, lineEnd, BASE64_BYTE);
    while (end > at && end < lineEnd && bytes[end] === 0x3d) end++;
    const isLast = end === lineEnd && looksEncoded(bytes, at, end);
    if ((end - at >= MIN_KEY_RUN || isLast) && !isOwnMask(bytes, at, end)) add(at, end);
    at = Math.max(at, end);
  }
}

/** Empty where there is none; of a line that goes on, all that is there: the rest may say that it is one. */
function valueSpan(bytes: Uint8Array, assignment: LineAssignment, lineEnd: number | undefined): ValueSpan {
  const { start, end } = unquoted(bytes, assignment.valueStart, assignment.valueEnd);
  if (isInBrackets(bytes, assignment)) return { start, end: start };
  if (lineEnd !== undefined) return { start, end: lineEnd };
  return isNoValueOf(bytes, assignment, { start, end }) ? { start, end: start } : { start, end };
}
