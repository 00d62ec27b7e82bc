// SPDX-License-Identifier: Apache-2.0
import {
  type Checkpoint,
  encodeBase64,
  equalBytes,
  Frontier,
  leafHash,
  parseCheckpoint,
  parseNote,
  TlogError,
  type TlogPolicy,
  toHex,
} from '@countersign/tlog';
import type { LogCrypto } from './evidence-crypto.ts';
import { EvidenceError } from './evidence-error.ts';
import type { LogDirectory } from './log-directory.ts';
import { type LogFault, LogFaultError } from './log-fault.ts';
import { nextBatch, type ReadRecord } from './read-log.ts';
import { encodeSegmentHeader, parseSegmentHeader, type SegmentHeader } from './segment-header.ts';
import { type Batch, SegmentReader } from './segment-reader.ts';
import { RecordingsCheck, type RecordingsReport } from './verify-recordings.ts';
import { type ContentReport, type PairsReport, RecordCheck, type SealedKeys } from './verify-records.ts';
import { type SegmentFile, type Survey, surveyLog } from './verify-survey.ts';
import { TileCheck } from './verify-tiles.ts';
import { LogTrust, type SavedCheckpoint } from './verify-trust.ts';

export interface VerifyLogOptions {
  readonly directory: LogDirectory;
  readonly crypto: LogCrypto;
  /** The auditor's own, never from beside the log. */
  readonly policy: TlogPolicy;
  /** A checkpoint that the auditor kept: a signed note. */
  readonly savedCheckpoint?: Uint8Array | undefined;
  /** Opens sealed fields; without it their commitments to plaintext stay unchecked. */
  readonly keys?: SealedKeys | undefined;
  /** Recordings of streams; without it only what the log says of them is checked. */
  readonly recordings?: LogDirectory | undefined;
  /**
   * Asked when the end of the log looks unfinished or damaged: whether to read it again, because a gateway may be
   * writing it. Without it the end is judged as it is found.
   */
  readonly waitForWriter?: (() => Promise<boolean>) | undefined;
  /** Told of each record in order, once it follows from those before; genuine it is only where the whole log verifies. */
  readonly onRecord?: ((record: ReadRecord) => void) | undefined;
}

/** What a log that verifies holds, and what could not be checked. */
export interface LogReport {
  readonly origin: string;
  readonly vkeys: readonly string[];
  readonly size: number;
  /** Of the last checkpoint, in base64. */
  readonly root: string;
  readonly segments: number;
  /** Length of the segments, padding included. */
  readonly bytes: number;
  readonly checkpoints: number;
  readonly tiles: { readonly full: number; readonly partial: number };
  readonly publishedSize: bigint | undefined;
  readonly saved: SavedCheckpoint | undefined;
  readonly times: { readonly first: string; readonly last: string };
  readonly epochs: number;
  /** Whether the last record is `log.closed`. */
  readonly closed: boolean;
  readonly types: ReadonlyMap<string, number>;
  readonly pairs: PairsReport;
  readonly content: ContentReport;
  readonly recordings: RecordingsReport;
  /** What the auditor asked for and could not be checked; empty for a log that is verified. */
  readonly incomplete: readonly string[];
}

export type LogVerdict =
  | { readonly result: 'verified' | 'incomplete'; readonly report: LogReport }
  | { readonly result: 'failed'; readonly fault: LogFault };

/**
 * Checks a whole log directory: every byte of it, and that nothing else lies there. Stops at the first thing that is
 * wrong. Holds one batch, one bundle and what is under way, whatever the log's length.
 * @see docs/reference/log-format.md
 */
export async function verifyLog(options: VerifyLogOptions): Promise<LogVerdict> {
  try {
    const recordings = new RecordingsCheck(options.recordings, options.crypto, options.keys);
    await recordings.list();
    const survey = await surveyLog(options.directory);
    const report = await new LogVerification(options, survey, recordings).run();
    return { result: report.incomplete.length === 0 ? 'verified' : 'incomplete', report };
  } catch (error) {
    if (error instanceof LogFaultError) return { result: 'failed', fault: error.fault };
    throw error;
  }
}

class LogVerification {
  readonly #options: VerifyLogOptions;
  readonly #survey: Survey;
  readonly #frontier: Frontier;
  readonly #tiles: TileCheck;
  readonly #recordings: RecordingsCheck;
  readonly #published: Checkpoint | undefined;
  #trust: LogTrust | undefined;
  #records: RecordCheck | undefined;
  #saved: SavedCheckpoint | undefined;
  #lastCheckpoint: Uint8Array = new Uint8Array(0);
  #checkpoints = 0;
  #publishedSeen = false;

  constructor(options: VerifyLogOptions, survey: Survey, recordings: RecordingsCheck) {
    this.#recordings = recordings;
    this.#options = options;
    this.#survey = survey;
    this.#published = survey.checkpoint === undefined ? undefined : readUnverified(survey.checkpoint);
    this.#frontier = Frontier.empty(options.crypto.hash);
    const size = this.#published?.size ?? 0n;
    this.#tiles = new TileCheck(options.directory, options.crypto.hash, survey, size);
  }

  get #size(): number {
    return Number(this.#frontier.size);
  }

  async run(): Promise<LogReport> {
    const { segments } = this.#survey;
    for (const segment of segments) await this.#checkSegment(segment, segment === segments.at(-1));
    this.#checkEnd();
    await this.#tiles.finish(() => this.#isStillPublished());
    return this.#report(await this.#recordings.finish(this.#size - 1));
  }

  async #checkSegment(segment: SegmentFile, isLast: boolean): Promise<void> {
    if (segment.first !== this.#size) {
      const problem = 'a segment does not begin where the one before ends';
      const values = { expected: `entry ${this.#size}`, found: `entry ${segment.first}` };
      throw new LogFaultError({ file: segment.path, entry: this.#size, problem, ...values });
    }
    const reader = new SegmentReader(this.#options.directory, segment, this.#options.crypto.crc32);
    const header = await reader.header(this.#size);
    await this.#checkLength(segment, header);
    this.#checkHeader(segment, header);
    for (;;) {
      const batch = await nextBatch(reader, this.#size, { isLast, waitForWriter: this.#options.waitForWriter });
      if (batch === undefined) return;
      await this.#checkBatch(segment, batch);
    }
  }

  /** A segment file that was cut or grew: the fault names the entry where its batches end. */
  async #checkLength(segment: SegmentFile, payload: Uint8Array): Promise<void> {
    const { bytes } = readHeader(payload, { file: segment.path, offset: 0, entry: this.#size });
    if (bytes === segment.bytes) return;
    let entry = this.#size;
    // What a file has beyond its length says nothing, however much it is.
    const known = { path: segment.path, bytes: Math.min(bytes, segment.bytes) };
    const reader = new SegmentReader(this.#options.directory, known, this.#options.crypto.crc32);
    try {
      await reader.header(entry);
      for (let batch = await reader.nextBatch(entry); batch !== undefined; batch = await reader.nextBatch(entry)) {
        entry += batch.entries.length;
      }
    } catch (error) {
      if (!(error instanceof LogFaultError)) throw error;
    }
    const values = { expected: `${bytes} bytes`, found: `${segment.bytes} bytes` };
    throw new LogFaultError({
      file: segment.path,
      entry,
      problem: 'the segment has not the length in its header',
      ...values,
    });
  }

  /** The header follows from what stands before it, so it is made anew and compared. */
  #checkHeader(segment: SegmentFile, payload: Uint8Array): void {
    const at = { file: segment.path, offset: 0, entry: this.#size };
    const header = readHeader(payload, at);
    this.#trust ??= this.#begin(header.origin, at);
    const sequence = this.#records?.sequence;
    const expected: SegmentHeader = {
      v: 1,
      origin: this.#trust.origin,
      bytes: segment.bytes,
      first: this.#size,
      checkpoint: new TextDecoder().decode(this.#lastCheckpoint),
      frontier: this.#frontier.subtrees.map(encodeBase64),
      open: [...(sequence?.open ?? [])],
      closed: sequence?.closed ?? true,
      epoch: sequence?.epoch ?? 0,
      time: sequence?.time ?? '',
    };
    if (equalBytes(encodeSegmentHeader(expected), payload)) return;
    const members = Object.keys(expected) as (keyof SegmentHeader)[];
    const bad = members.find((name) => JSON.stringify(expected[name]) !== JSON.stringify(header[name]));
    if (bad === undefined) throw new LogFaultError({ ...at, problem: 'the segment header has another spelling' });
    throw new LogFaultError({
      ...at,
      problem: `${bad} in the segment header does not follow from the records before`,
      expected: JSON.stringify(expected[bad]),
      found: JSON.stringify(header[bad]),
    });
  }

  #begin(origin: string, at: { file: string; entry: number }): LogTrust {
    const { crypto, policy, keys, savedCheckpoint } = this.#options;
    const trust = new LogTrust(crypto, policy, origin, at);
    this.#records = new RecordCheck(crypto, trust, keys);
    if (savedCheckpoint !== undefined) this.#saved = trust.readSaved(savedCheckpoint);
    return trust;
  }

  async #checkBatch(segment: SegmentFile, batch: Batch): Promise<void> {
    const leaves: Uint8Array[] = [];
    const first = this.#size;
    for (const entry of batch.entries) leaves.push(await this.#checkEntry(segment, entry));
    const at = { file: segment.path, offset: batch.checkpointOffset, entry: this.#size - 1 };
    const tree = { size: this.#frontier.size, root: this.#frontier.root() };
    try {
      this.#trust?.checkOwn(batch.checkpoint, tree, at);
    } catch (error) {
      const difference = await this.#tiles.firstDifference(first, leaves);
      if (difference === undefined) throw error;
      const problem = 'the leaf hash of the entry (found) is not the one in the tile (expected), and the root is wrong';
      throw new LogFaultError({ ...at, problem, ...difference }, { cause: error });
    }
    this.#checkpoints += 1;
    this.#lastCheckpoint = batch.checkpoint;
    if (this.#survey.checkpoint !== undefined && equalBytes(batch.checkpoint, this.#survey.checkpoint)) {
      this.#publishedSeen = true;
    }
  }

  async #checkEntry(segment: SegmentFile, entry: Batch['entries'][number]): Promise<Uint8Array> {
    const record = this.#records?.check(segment.path, entry);
    await (record && this.#recordings.take(record, entry.index));
    if (record)
      this.#options.onRecord?.({ index: entry.index, leaf: record, ...(entry.sealed && { sealed: entry.sealed }) });
    const leaf = leafHash(this.#options.crypto.hash, entry.bytes);
    this.#frontier.append(leaf);
    const comparison = this.#tiles.append(leaf, entry.bytes);
    if (comparison !== undefined) await comparison;
    if (this.#saved?.checkpoint.size === this.#frontier.size) this.#checkSaved(this.#saved.checkpoint);
    return leaf;
  }

  #checkSaved(saved: Checkpoint): void {
    const root = this.#frontier.root();
    if (equalBytes(saved.root, root)) return;
    throw new LogFaultError({
      file: 'saved checkpoint',
      entry: Math.max(0, this.#size - 1),
      problem: 'the entries up to this one are not those that the saved checkpoint stands for',
      expected: toHex(saved.root),
      found: toHex(root),
    });
  }

  #checkEnd(): void {
    const expected = this.#saved?.checkpoint;
    if (expected !== undefined && expected.size > this.#frontier.size) {
      throw this.#cutShort('saved checkpoint', 'the log is shorter than the saved checkpoint', expected.size);
    }
    if (expected?.size === 0n) {
      if (!equalBytes(expected.root, Frontier.empty(this.#options.crypto.hash).root())) this.#checkSaved(expected);
    }
    if (this.#published !== undefined && this.#published.size > this.#frontier.size) {
      throw this.#cutShort('checkpoint', 'the log is shorter than its published checkpoint', this.#published.size);
    }
    if (this.#survey.checkpoint !== undefined && !this.#publishedSeen) {
      const problem = `the published checkpoint is none of the ${this.#checkpoints} in the segments`;
      throw new LogFaultError({
        file: 'checkpoint',
        entry: Math.max(0, Number(this.#published?.size ?? this.#frontier.size) - 1),
        problem,
        expected: new TextDecoder().decode(this.#lastCheckpoint),
        found: new TextDecoder().decode(this.#survey.checkpoint),
      });
    }
  }

  #cutShort(file: string, problem: string, size: bigint): LogFaultError {
    const values = { expected: `${size} entries`, found: `${this.#frontier.size} entries` };
    return new LogFaultError({ file, entry: this.#size, problem, ...values });
  }

  async #isStillPublished(): Promise<boolean> {
    const { checkpoint } = this.#survey;
    const now = await this.#options.directory.read('checkpoint', 0, (checkpoint?.length ?? 0) + 1);
    return checkpoint !== undefined && now !== undefined && equalBytes(checkpoint, now);
  }

  #report(recordings: RecordingsReport): LogReport {
    const records = this.#records;
    const trust = this.#trust;
    if (records === undefined || trust === undefined) throw new EvidenceError('ERR_EVIDENCE_HEADER', 'no segment');
    const content = records.content();
    return {
      origin: trust.origin,
      vkeys: trust.vkeys,
      size: this.#size,
      root: encodeBase64(this.#frontier.root()),
      segments: this.#survey.segments.length,
      bytes: this.#survey.segments.reduce((sum, { bytes }) => sum + bytes, 0),
      checkpoints: this.#checkpoints,
      tiles: { full: this.#survey.fullTiles, partial: this.#survey.partialTiles.length },
      publishedSize: this.#published?.size,
      saved: this.#saved,
      times: { first: records.firstTime, last: records.sequence.time },
      epochs: records.sequence.epoch,
      closed: records.sequence.closed,
      types: records.types,
      pairs: records.pairs(),
      content,
      recordings,
      incomplete: this.#incomplete(content, recordings),
    };
  }

  #incomplete(content: ContentReport, { damaged, missing: absent, unopened }: RecordingsReport): string[] {
    const { keys, policy } = this.#options;
    const missing: string[] = [];
    if (this.#checkpoints === 0) missing.push('the log holds no record yet, so nothing in it is signed');
    if (policy.quorum !== 'none' && this.#saved === undefined) {
      missing.push('the trust file asks for cosignatures, which only a saved checkpoint can carry (--checkpoint)');
    } else if (this.#saved?.quorum === 'not met') {
      missing.push('the saved checkpoint does not have the cosignatures that the trust file asks for');
    }
    if (keys !== undefined && content.unopened > 0) {
      missing.push(`the keys of ${content.unopened} sealed payloads are not in the key table`);
    }
    if (content.destroyedUnrecorded > 0) {
      missing.push(
        `the keys of ${content.destroyedUnrecorded} sealed payloads were destroyed without a record in the log`,
      );
    }
    if (absent > 0) missing.push(`${absent} recordings are not there`);
    if (damaged > 0) missing.push(`${damaged} recordings were damaged when the gateway found them, by its own records`);
    if (keys !== undefined && unopened > 0) missing.push(`the keys of ${unopened} recordings are not in the key table`);
    return missing;
  }
}

/** Its size is needed before the log is read; that it is one of the log's own is checked when it is met. */
function readUnverified(bytes: Uint8Array): Checkpoint | undefined {
  try {
    return parseCheckpoint(parseNote(bytes).text);
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

function readHeader(payload: Uint8Array, at: { file: string; offset: number; entry: number }): SegmentHeader {
  try {
    return parseSegmentHeader(payload);
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new LogFaultError({ ...at, problem: cause.message }, { cause });
  }
}
