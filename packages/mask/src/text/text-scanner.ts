// SPDX-License-Identifier: Apache-2.0

import { DENSE_TURN_BYTES, type InTurns, TURN_BYTES } from '../turns.ts';
import { anchors, automaton } from './anchors.ts';
import { AutomatonRun, MAX_WORD } from './automaton.ts';
import { decodeBase64 } from './base64.ts';
import { MIN_RUN, nextRun, openBootstrapTokenStart, textShift } from './base64-runs.ts';
import { BASE64_BYTE, isIn, runStart, SPACE } from './byte-class.ts';
import { EncodedRuns, type EncodedStretch } from './encoded-runs.ts';
import { PlainReading } from './other-readings.ts';
import { endOfLines, mayHaveMoreLines } from './private-key.ts';
import { joinHits, NO_HITS, type TextHit } from './text-hit.ts';
import { TextScan } from './text-scan.ts';

/** Base64 in base64 in base64: what still looks like that of a text in there counts as a hit. */
const MAX_DECODINGS = 3;
/** Escapes of escapes are undone one by one so often, and at last all at once. */
const MAX_READINGS = 2;
/** Of what one text decodes to; beyond it, what could be decoded counts as a hit. */
const MAX_DECODED_BYTES = 8 * 1024 * 1024;
const MAX_INFLATED_BYTES = 2 * 1024 * 1024;
const MAX_INFLATE_RATIO = 100;
const MIN_WRAPPED = 60;
/** Of a run that goes on, so much is looked into. */
const MIN_OPEN_RUN = 8;
const BACKSLASH = 0x5c;

/** Gives what gzip compressed, or `undefined` if it is damaged or has more than `maxBytes`. */
export type Inflate = (gzip: Uint8Array, maxBytes: number) => Uint8Array | undefined;

export interface ScanOptions {
  /** Whether the text may have been cut at its end: what begins there like a credential counts as one. */
  readonly isCut?: boolean;
  /** Whether the text goes on, and is asked about before its end: what may still become a credential counts as one. */
  readonly isLive?: boolean;
  /** Whether the text goes on word by word: then no word counts for more because of what follows it. */
  readonly isTerminal?: boolean;
  /** Whether the text is configuration, where words after "password:" are no sentence. */
  readonly isStrict?: boolean;
}

const NO_OPTIONS: ScanOptions = {};
const CUT: ScanOptions = { isCut: true };

/** Finds credentials in texts. Holds buffers that it uses again, so one is made for each answer; not re-entrant. */
export class TextScanner {
  readonly #inflate: Inflate | undefined;
  readonly #scans: TextScan[] = [];
  readonly #runs: EncodedRuns[] = [];
  readonly #run = new AutomatonRun(automaton);
  #decodedBytes = 0;
  #key: TextScan['key'];

  /** Without `inflate`, all gzip in base64 counts as a hit. */
  constructor(inflate?: Inflate) {
    this.#inflate = inflate;
  }

  /** Whether the text scanned last ends inside a private key, or after one; `undefined` if it had none. */
  get key(): 'open' | 'closed' | undefined {
    return this.#key;
  }

  /**
   * The spans of `bytes[from, to)` that must be masked, in order and without overlap. The bytes are a complete text in
   * UTF-8, without the escapes of the JSON string it may have stood in. Where nothing is found, nothing is allocated
   * and the array is a shared one.
   */
  scanText(
    bytes: Uint8Array,
    from = 0,
    to: number = bytes.length,
    options: ScanOptions = NO_OPTIONS,
  ): readonly TextHit[] {
    this.#decodedBytes = 0;
    return this.#scan(bytes, from, to, options, 0, 0);
  }

  /** Like `scanText`, of a whole text. Nothing else MUST be scanned before it is done. */
  *scanInTurns(text: Uint8Array, options: ScanOptions = NO_OPTIONS): InTurns<readonly TextHit[]> {
    if (text.length <= DENSE_TURN_BYTES) return this.scanText(text, 0, text.length, options);
    this.#decodedBytes = 0;
    return yield* this.#scanInTurns(text, text.length, options, 0, 0);
  }

  /** Lets go of the texts that were scanned last. */
  forget(): void {
    this.#scans.length = 0;
    this.#runs.length = 0;
  }

  #scan(
    bytes: Uint8Array,
    from: number,
    to: number,
    options: ScanOptions,
    depth: number,
    readings: number,
  ): readonly TextHit[] {
    const scan = this.#begin(bytes, from, to, options, depth);
    findAnchors(scan, this.#run, to);
    if (depth === 0 && readings === 0) this.#key = scan.key;
    const { hasEscapes } = scan;
    let hits = scan.hits;
    const encoded = this.#findEncoded(bytes, from, to, options, depth);
    if (encoded.length > 0) hits = joinHits([...hits, ...encoded]);
    if (!hasEscapes || readings === MAX_READINGS) return hits;
    const otherwise = this.#scanOtherwise(bytes, from, to, options, depth, readings + 1);
    return otherwise.length > 0 ? joinHits([...hits, ...otherwise]) : hits;
  }

  #begin(bytes: Uint8Array, from: number, to: number, options: ScanOptions, depth: number): TextScan {
    this.#scans[depth] ??= new TextScan();
    const scan = this.#scans[depth];
    scan.begin(bytes, from, to, options.isCut ?? false, options.isLive ?? false);
    scan.isStrict = options.isStrict ?? false;
    scan.isTerminal = options.isTerminal ?? false;
    this.#run.restart(from);
    return scan;
  }

  /** What `#scan` does of a text that stands in no other. */
  *#scanInTurns(
    bytes: Uint8Array,
    to: number,
    options: ScanOptions,
    readings: number,
    depth: number,
  ): InTurns<readonly TextHit[]> {
    const scan = this.#begin(bytes, 0, to, options, depth);
    for (let at = DENSE_TURN_BYTES; ; at += DENSE_TURN_BYTES) {
      findAnchors(scan, this.#run, Math.min(at, to));
      yield;
      if (at >= to) break;
    }
    if (depth === 0 && readings === 0) this.#key = scan.key;
    const { hasEscapes, hits } = scan;
    const encoded = yield* this.#findEncodedInTurns(bytes, to, options, depth);
    const found = encoded.length > 0 ? joinHits([...hits, ...encoded]) : hits;
    if (!hasEscapes || readings === MAX_READINGS) return found;
    const reading = new PlainReading(bytes, 0, to, readings + 1 === MAX_READINGS);
    for (let until = TURN_BYTES; reading.readTo(until); until += TURN_BYTES) yield;
    const otherwise = yield* this.#scanInTurns(reading.bytes, reading.length, options, readings + 1, depth);
    return otherwise.length > 0 ? joinHits([...found, ...hitsOf(reading, otherwise)]) : found;
  }

  #scanOtherwise(
    bytes: Uint8Array,
    from: number,
    to: number,
    options: ScanOptions,
    depth: number,
    readings: number,
  ): readonly TextHit[] {
    const reading = new PlainReading(bytes, from, to, readings === MAX_READINGS);
    reading.readTo(to);
    const hits = this.#scan(reading.bytes, 0, reading.length, options, depth, readings);
    return hitsOf(reading, hits);
  }

  /** Runs of base64 whose content holds a hit. */
  #findEncoded(bytes: Uint8Array, from: number, to: number, options: ScanOptions, depth: number): readonly TextHit[] {
    const open = options.isLive === true ? this.#openHit(bytes, from, to, options, depth) : undefined;
    if (nextRun(bytes, from, to) < 0) return open === undefined ? NO_HITS : [open];
    const hits: TextHit[] = open === undefined ? [] : [open];
    const runs = this.#runsOf(bytes, from, to, options, depth);
    for (let found = runs.next(to); found !== undefined; found = runs.next(to)) {
      this.#takeEncoded(hits, runs, bytes, found, to, options, depth);
    }
    return hits;
  }

  /** Like `#findEncoded`, of a text that stands in no other. */
  *#findEncodedInTurns(
    bytes: Uint8Array,
    to: number,
    options: ScanOptions,
    depth: number,
  ): InTurns<readonly TextHit[]> {
    const hits: TextHit[] = [];
    const runs = this.#runsOf(bytes, 0, to, options, depth);
    for (let turnEnd = TURN_BYTES; !runs.isDone; ) {
      const found = runs.next(turnEnd);
      if (found !== undefined) yield* this.#takeEncodedInTurns(hits, runs, bytes, found, to, options, depth);
      if (runs.at < turnEnd) continue;
      turnEnd = runs.at + TURN_BYTES;
      yield;
    }
    return hits;
  }

  #runsOf(bytes: Uint8Array, from: number, to: number, { isLive = false }: ScanOptions, depth: number): EncodedRuns {
    this.#runs[depth] ??= new EncodedRuns();
    const runs = this.#runs[depth];
    runs.begin(bytes, from, to, isLive, this.#scans[depth]?.hasGluedGzip ?? false);
    return runs;
  }

  /** What a text that goes on ends with, if it is the beginning of what `#takeEncoded` finds once it is longer. */
  #openHit(bytes: Uint8Array, from: number, to: number, options: ScanOptions, depth: number): TextHit | undefined {
    const begin = openBootstrapTokenStart(bytes, from, to);
    if (begin >= 0) return { start: begin, end: to, ...BOOTSTRAP };
    const start = runStart(bytes, Math.max(from, to - MIN_RUN), to, BASE64_BYTE);
    if (to - start < MIN_OPEN_RUN || to - start >= MIN_RUN) return undefined;
    const shift = textShift(bytes, start, to);
    if (shift < 0) return undefined;
    const hit: TextHit = { start: start + shift, end: to, ...ENCODED_TEXT };
    return this.#holdsHit(bytes.subarray(hit.start, to), options, depth) ? hit : undefined;
  }

  /** Looks into a stretch of base64. */
  #takeEncoded(
    hits: TextHit[],
    runs: EncodedRuns,
    bytes: Uint8Array,
    found: EncodedStretch,
    to: number,
    options: ScanOptions,
    depth: number,
  ): void {
    const hit = hitOf(bytes, found, to);
    const isEncoded = hit.detector === ENCODED;
    if (isEncoded && goesOn(bytes, hit, to, options)) {
      hits.push({ ...hit, end: to });
      runs.at = to;
      return;
    }
    const content = contentOf(bytes, found, hit);
    if (isEncoded && !this.#holdsHit(content, contentOptions(found, hit, to, options), depth)) return;
    hits.push(hit);
    runs.at = Math.max(found.runEnd, hit.end);
  }

  /** Like `#takeEncoded`, of a text that stands in no other. */
  *#takeEncodedInTurns(
    hits: TextHit[],
    runs: EncodedRuns,
    bytes: Uint8Array,
    found: EncodedStretch,
    to: number,
    options: ScanOptions,
    depth: number,
  ): InTurns<void> {
    const hit = hitOf(bytes, found, to);
    const encoded = contentOf(bytes, found, hit);
    if (hit.detector !== ENCODED || encoded.length <= TURN_BYTES) {
      this.#takeEncoded(hits, runs, bytes, found, to, options, depth);
      return;
    }
    yield;
    const content = depth === MAX_DECODINGS ? undefined : this.#decode(encoded);
    yield;
    if (content !== undefined) {
      const inner = content.isInflated ? NO_OPTIONS : contentOptions(found, hit, to, options);
      const { length } = content.bytes;
      if ((yield* this.#scanInTurns(content.bytes, length, inner, 0, depth + 1)).length === 0) return;
    }
    hits.push(hit);
    runs.at = Math.max(found.runEnd, hit.end);
  }

  #holdsHit(encoded: Uint8Array, options: ScanOptions, depth: number): boolean {
    const content = depth === MAX_DECODINGS ? undefined : this.#decode(encoded);
    if (content === undefined) return true;
    const inner = content.isInflated ? NO_OPTIONS : options;
    return this.#scan(content.bytes, 0, content.bytes.length, inner, depth + 1, 0).length > 0;
  }

  /** What base64 holds, and of gzip what that holds; undefined if that is too much, or nobody knows. */
  #decode(encoded: Uint8Array): { readonly bytes: Uint8Array; readonly isInflated: boolean } | undefined {
    const decoded = decodeBase64(withoutBreaks(encoded));
    this.#decodedBytes += decoded.length;
    if (this.#decodedBytes > MAX_DECODED_BYTES) return undefined;
    if (!isGzip(decoded)) return { bytes: decoded, isInflated: false };
    const maxBytes = Math.min(MAX_INFLATED_BYTES, decoded.length * MAX_INFLATE_RATIO);
    const inflated = this.#inflate?.(decoded, maxBytes);
    this.#decodedBytes += inflated?.length ?? 0;
    // Nobody looks into gzip of gzip.
    if (inflated === undefined || isGzip(inflated)) return undefined;
    return { bytes: inflated, isInflated: true };
  }
}

const ENCODED = 'encoded';
const ENCODED_TEXT = { detector: ENCODED, tokenClass: 'text', form: 'base64' } as const;
const BOOTSTRAP = { detector: 'bootstrap-token', tokenClass: 'key', form: 'text' } as const;

/** What must be masked if a stretch holds a hit: to the end of its run, of base64 in lines to that of the last one. */
function hitOf(bytes: Uint8Array, { start, end, runEnd, tokenStart }: EncodedStretch, to: number): TextHit {
  if (tokenStart >= 0) return { start: tokenStart, end, ...BOOTSTRAP };
  const isInLines = end === runEnd && runEnd - start >= MIN_WRAPPED;
  return { start, end: isInLines ? endOfLines(bytes, start, to) : afterPadding(bytes, runEnd, to), ...ENCODED_TEXT };
}

/** What of a hit decodes to text: all, unless other bytes stand behind it in the same run. */
function contentOf(bytes: Uint8Array, { end, runEnd }: EncodedStretch, hit: TextHit): Uint8Array {
  return bytes.subarray(hit.start, end === runEnd ? hit.end : end);
}

/** Whether base64 in lines may have more of them, in a text that goes on: what it holds is not known yet. */
function goesOn(bytes: Uint8Array, { start, end }: TextHit, to: number, { isLive = false }: ScanOptions): boolean {
  if (!isLive || end - start < MIN_WRAPPED || !mayHaveMoreLines(bytes, end, to)) return false;
  return bytes.subarray(start, to).some((byte) => byte === BACKSLASH || isIn(byte, SPACE));
}

/** What is known of the end of a text is known of what ends with it; before bytes that are no text, a text is cut. */
function contentOptions(
  { end, runEnd }: EncodedStretch,
  hit: TextHit,
  to: number,
  { isCut = false, isLive = false }: ScanOptions,
): ScanOptions {
  if (end < runEnd) return CUT;
  return hit.end === to ? { isCut, isLive } : NO_OPTIONS;
}

/**
 * Runs the automaton over a text, and a verifier wherever one of its words ends. Between an anchor and what it led to,
 * such as in the rest of a name, there may be others; and one may begin in the last bytes of what was found. Goes on from
 * where the run is, as far as `to`.
 */
function findAnchors(scan: TextScan, run: AutomatonRun, to: number): void {
  while (run.advance(scan.bytes, to)) {
    const isInHit = run.at > scan.lastStart && run.at <= scan.settled;
    if (!isInHit && !verifyAt(scan, run.state, run.at)) continue;
    const next = scan.settled - MAX_WORD;
    if (run.at > scan.lastStart && run.at < next) run.restart(next);
  }
}

function hitsOf(reading: PlainReading, hits: readonly TextHit[]): readonly TextHit[] {
  return hits.map((hit) => ({ ...hit, start: reading.startOf(hit.start), end: reading.endOf(hit.end) }));
}

function verifyAt(scan: TextScan, state: number, end: number): boolean {
  for (const index of automaton.endingsOf(state)) {
    const { word, verify } = anchors[index] as (typeof anchors)[number];
    if (verify(scan, end - word.length, end)) return true;
  }
  return false;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function afterPadding(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && at < from + 2 && bytes[at] === 0x3d) at++;
  return at;
}

/** Base64 without the line breaks, real and escaped, that `endOfLines` reads over. */
function withoutBreaks(encoded: Uint8Array): Uint8Array {
  let at = 0;
  while (at < encoded.length && (encoded[at] as number) > 0x20 && encoded[at] !== BACKSLASH) at++;
  if (at === encoded.length) return encoded;
  const kept = new Uint8Array(encoded);
  let length = at;
  for (let escapeAt = -1; at < encoded.length; at++) {
    const byte = encoded[at] as number;
    if (byte === BACKSLASH) escapeAt = at + 1;
    else if (at !== escapeAt && byte > 0x20) kept[length++] = byte;
  }
  return kept.subarray(0, length);
}
