// SPDX-License-Identifier: Apache-2.0
import { anchors, automaton } from './anchors.ts';
import { AutomatonRun, MAX_WORD } from './automaton.ts';
import { decodeBase64 } from './base64.ts';
import { BOOTSTRAP_SECRET, bootstrapTokenStart, MIN_RUN, nextRun, textShift } from './base64-runs.ts';
import { BASE64_BYTE, runEnd } from './byte-class.ts';
import type { ConfigFormat } from './config-format.ts';
import { PlainReading } from './other-readings.ts';
import { endOfLines } from './private-key.ts';
import { scanConfig } from './scan-config.ts';
import { joinHits, NO_HITS, type TextHit } from './text-hit.ts';
import { TextScan } from './text-scan.ts';

/** Base64 in base64 in base64: more is not looked into. */
const MAX_DECODINGS = 3;
/** Of what one text decodes to; beyond it, what could be decoded counts as a hit. */
const MAX_DECODED_BYTES = 8 * 1024 * 1024;
const MAX_INFLATED_BYTES = 2 * 1024 * 1024;
const MAX_INFLATE_RATIO = 100;
const MIN_WRAPPED = 60;

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

/** Finds credentials in texts. Holds buffers that it uses again, so one is made for each answer; not re-entrant. */
export class TextScanner {
  readonly #inflate: Inflate | undefined;
  readonly #scans: TextScan[] = [];
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
    return this.#scan(bytes, from, to, options, 0, true);
  }

  /**
   * Like `scanText`, for a complete file of configuration: every scalar under a secret name must be masked, to the end
   * of its line or block. What is called JSON and is none is read as lines.
   */
  scanConfig(text: Uint8Array, format: ConfigFormat): readonly TextHit[] {
    return scanConfig(this, text, format);
  }

  #scan(
    bytes: Uint8Array,
    from: number,
    to: number,
    options: ScanOptions,
    depth: number,
    mayReadOtherwise: boolean,
  ): readonly TextHit[] {
    this.#scans[depth] ??= new TextScan();
    const scan = this.#scans[depth];
    scan.begin(bytes, from, to, options.isCut ?? false, options.isLive ?? false);
    scan.isStrict = options.isStrict ?? false;
    scan.isTerminal = options.isTerminal ?? false;
    findAnchors(scan, this.#run);
    if (depth === 0 && mayReadOtherwise) this.#key = scan.key;
    const { hasEscapes } = scan;
    let hits = scan.hits;
    const encoded = this.#findEncoded(bytes, from, to, options, depth);
    if (encoded.length > 0) hits = joinHits([...hits, ...encoded]);
    if (!hasEscapes || !mayReadOtherwise) return hits;
    const otherwise = this.#scanOtherwise(bytes, from, to, options, depth);
    return otherwise.length > 0 ? joinHits([...hits, ...otherwise]) : hits;
  }

  #scanOtherwise(bytes: Uint8Array, from: number, to: number, options: ScanOptions, depth: number): readonly TextHit[] {
    const reading = new PlainReading(bytes, from, to);
    const hits = this.#scan(reading.bytes, 0, reading.length, options, depth, false);
    return hits.map((hit) => ({ ...hit, start: reading.startOf(hit.start), end: reading.endOf(hit.end) }));
  }

  /** Runs of base64 whose content holds a hit. */
  #findEncoded(bytes: Uint8Array, from: number, to: number, options: ScanOptions, depth: number): readonly TextHit[] {
    let hits: TextHit[] | undefined;
    let at = from;
    for (;;) {
      const start = nextRun(bytes, at, to);
      if (start < 0) return hits ?? NO_HITS;
      const end = runEnd(bytes, start, to, BASE64_BYTE);
      const hit = this.#hitInRun(bytes, from, start, end, to, options, depth);
      if (hit !== undefined) {
        hits ??= [];
        hits.push(hit);
      }
      at = Math.max(end, hit?.end ?? 0);
    }
  }

  #hitInRun(
    bytes: Uint8Array,
    from: number,
    start: number,
    runStop: number,
    to: number,
    options: ScanOptions,
    depth: number,
  ): TextHit | undefined {
    const begin = bootstrapTokenStart(bytes, from, start, to);
    if (begin >= 0) {
      const end = start + BOOTSTRAP_SECRET;
      return { start: begin, end, detector: 'bootstrap-token', tokenClass: 'key', form: 'text' };
    }
    if (runStop - start < MIN_RUN || depth === MAX_DECODINGS) return undefined;
    const shift = textShift(bytes, start, runStop);
    if (shift < 0) return undefined;
    const first = start + shift;
    const end = runStop - first >= MIN_WRAPPED ? endOfLines(bytes, first, to) : afterPadding(bytes, runStop, to);
    const within = end === to ? { isCut: options.isCut ?? false, isLive: options.isLive ?? false } : NO_OPTIONS;
    if (!this.#holdsHit(bytes.subarray(first, end), within, depth)) return undefined;
    return { start: first, end, detector: 'encoded', tokenClass: 'text', form: 'base64' };
  }

  #holdsHit(encoded: Uint8Array, options: ScanOptions, depth: number): boolean {
    const decoded = decodeBase64(withoutBreaks(encoded));
    this.#decodedBytes += decoded.length;
    if (this.#decodedBytes > MAX_DECODED_BYTES) return true;
    if (decoded[0] !== 0x1f || decoded[1] !== 0x8b) {
      return this.#scan(decoded, 0, decoded.length, options, depth + 1, true).length > 0;
    }
    const maxBytes = Math.min(MAX_INFLATED_BYTES, decoded.length * MAX_INFLATE_RATIO);
    const inflated = this.#inflate?.(decoded, maxBytes);
    if (inflated === undefined) return true;
    this.#decodedBytes += inflated.length;
    return this.#scan(inflated, 0, inflated.length, NO_OPTIONS, depth + 1, true).length > 0;
  }
}

/**
 * Runs the automaton over a text, and a verifier wherever one of its words ends. Between an anchor and what it led to,
 * such as in the rest of a name, there may be others; and one may begin in the last bytes of what was found.
 */
function findAnchors(scan: TextScan, run: AutomatonRun): void {
  run.restart(scan.from);
  while (run.advance(scan.bytes, scan.to)) {
    const isInHit = run.at > scan.lastStart && run.at <= scan.settled;
    if (!isInHit && !verifyAt(scan, run.state, run.at)) continue;
    const next = scan.settled - MAX_WORD;
    if (run.at > scan.lastStart && run.at < next) run.restart(next);
  }
}

function verifyAt(scan: TextScan, state: number, end: number): boolean {
  for (const index of automaton.endingsOf(state)) {
    const { word, verify } = anchors[index] as (typeof anchors)[number];
    if (verify(scan, end - word.length, end)) return true;
  }
  return false;
}

function afterPadding(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && at < from + 2 && bytes[at] === 0x3d) at++;
  return at;
}

/** Base64 without the line breaks, real and escaped, that `endOfLines` reads over. */
function withoutBreaks(encoded: Uint8Array): Uint8Array {
  let escapeAt = -1;
  return encoded.filter((byte, at) => {
    if (byte === 0x5c) escapeAt = at + 1;
    return byte !== 0x5c && at !== escapeAt && byte > 0x20;
  });
}
