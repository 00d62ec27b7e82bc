// SPDX-License-Identifier: Apache-2.0

import {
  type RecordingClaims,
  type RecordingCommitment,
  RecordingError,
  type RecordingHeader,
  type RecordingSource,
  verifyRecording,
} from '@countersign/recording';
import type { LogCrypto } from './evidence-crypto.ts';
import { fromHex } from './from-hex.ts';
import type { LogDirectory } from './log-directory.ts';
import { LogFaultError } from './log-fault.ts';
import type { Leaf } from './record.ts';
import type { SealedKeys } from './verify-records.ts';

/** What could be said of the recordings that the log knows. */
export interface RecordingsReport {
  /** Begun, by the log. */
  readonly known: number;
  /** Files that are what the log commits to, every byte of them; those that are going on, as far as it does. */
  readonly matching: number;
  /** Of these, opened with the keys given; every chunk is what it commits to. */
  readonly opened: number;
  /** Of these, without a key among those given. */
  readonly unopened: number;
  /** Of these, with a key that was destroyed. */
  readonly destroyed: number;
  /** Going on, by the log. */
  readonly live: number;
  /** Ended by the log as damaged, or with less than it had known of them. */
  readonly damaged: number;
  /** Not there, though something was recorded. */
  readonly missing: number;
  /** Bytes beyond what the log commits to, of those that are going on or whose disk failed. */
  readonly unboundBytes: number;
}

interface KnownRecording {
  /** SHA-256 of the file's header. */
  readonly header: Uint8Array;
  /** What that header must say; its session only where the record names one. */
  readonly claims: Pick<RecordingHeader, 'recording' | 'exchange' | 'key'> & { readonly session?: string | undefined };
  readonly progress: RecordingCommitment[];
}

/** What records of a recording's progress, and of its end, say of what was durable; hex. */
type Committed = Pick<Extract<Leaf, { type: 'recording.end' }>, 'chunks' | 'bytes' | 'root'>;
type StreamLeaf = Extract<Leaf, { type: 'recording.start' | 'recording.progress' | 'recording.end' }>;
type EndLeaf = Extract<Leaf, { type: 'recording.end' }>;

const STREAM_FILE = /^([0-9a-f]{2})\/\1[0-9a-f-]{34}\.rec$/;

/**
 * Checks recordings while the records of the log pass: at its end record the file of each, those that are going on at
 * the end of the log. Holds what the log says of those that are under way, the name of each file, and one chunk.
 * @see docs/reference/recording-format.md
 */
export class RecordingsCheck {
  readonly #directory: LogDirectory | undefined;
  readonly #crypto: LogCrypto;
  readonly #keys: SealedKeys | undefined;
  readonly #known = new Map<string, KnownRecording>();
  readonly #report = {
    known: 0,
    matching: 0,
    opened: 0,
    unopened: 0,
    destroyed: 0,
    live: 0,
    damaged: 0,
    missing: 0,
    unboundBytes: 0,
  };
  /** Paths of files that were listed, and no record has named yet. */
  readonly #unknown = new Set<string>();

  constructor(directory: LogDirectory | undefined, crypto: LogCrypto, keys: SealedKeys | undefined) {
    this.#directory = directory;
    this.#crypto = crypto;
    this.#keys = keys;
  }

  /**
   * Lists the files, before the log is read: one that is begun while the log is read is no stranger to it.
   * @throws LogFaultError for what is no recording
   */
  async list(): Promise<void> {
    if (this.#directory === undefined) return;
    for await (const { name, kind } of this.#directory.list('')) {
      if (kind !== 'directory') throw stranger(name);
      for await (const file of this.#directory.list(name)) {
        const path = `${name}/${file.name}`;
        if (file.kind !== 'file' || !STREAM_FILE.test(path)) throw stranger(path);
        this.#unknown.add(path);
      }
    }
  }

  /**
   * Takes the next record in; a promise only when there is a file to check.
   * @throws LogFaultError by the promise
   */
  take(leaf: Leaf, entry: number): Promise<void> | undefined {
    if (leaf.type !== 'recording.start' && leaf.type !== 'recording.progress' && leaf.type !== 'recording.end') {
      return undefined;
    }
    if (leaf.type === 'recording.start') this.#begin(leaf);
    else if (leaf.type === 'recording.progress') this.#known.get(leaf.stream)?.progress.push(commitmentOf(leaf));
    return leaf.type === 'recording.end' ? this.#end(leaf, entry) : undefined;
  }

  /** @throws LogFaultError by the promise */
  async finish(entry: number): Promise<RecordingsReport> {
    this.#report.live = this.#known.size;
    for (const [stream, known] of this.#known) await this.#check(stream, known, undefined, entry);
    const [stray] = this.#unknown;
    if (stray !== undefined) {
      const problem = `the log knows nothing of it, and of ${this.#unknown.size - 1} other files`;
      throw new LogFaultError({ file: `recordings/${stray}`, problem });
    }
    return this.#report;
  }

  #begin(leaf: StreamLeaf & { readonly type: 'recording.start' }): void {
    this.#report.known += 1;
    const { stream: recording, exchange, session, key } = leaf;
    const claims = { recording, exchange, session, key };
    this.#known.set(recording, { header: fromHex(leaf.header), claims, progress: [] });
  }

  async #end(leaf: EndLeaf, entry: number): Promise<void> {
    const known = this.#known.get(leaf.stream);
    this.#known.delete(leaf.stream);
    // The sequence of records has been checked: it has begun.
    if (known === undefined) return;
    const last = known.progress.at(-1)?.chunks ?? 0;
    if (leaf.reason === 'recording-damaged' || leaf.chunks < last) this.#report.damaged += 1;
    await this.#check(leaf.stream, known, leaf, entry);
  }

  async #check(stream: string, known: KnownRecording, end: EndLeaf | undefined, entry: number): Promise<void> {
    const directory = this.#directory;
    if (directory === undefined) return;
    const file = `${stream.slice(0, 2)}/${stream}.rec`;
    // One that was taken back since the files were listed is gone now.
    this.#unknown.delete(file);
    const source = await sourceOf(directory, file);
    if (source === undefined) {
      // What was begun and never written to need not be there.
      if ((end?.chunks ?? known.progress.length) > 0) this.#report.missing += 1;
      return;
    }
    if (end?.chunks === 0) return;
    try {
      await this.#verify(source, known, end);
    } catch (cause) {
      if (!(cause instanceof RecordingError)) throw cause;
      // It was taken back just now.
      const isGone = end === undefined && known.progress.length === 0 && !(await sourceOf(directory, file));
      if (isGone) return;
      const offset = cause.place === undefined ? {} : { offset: cause.place.offset };
      throw new LogFaultError({ file: `recordings/${file}`, ...offset, entry, problem: cause.message }, { cause });
    }
  }

  async #verify(source: RecordingSource, known: KnownRecording, end: EndLeaf | undefined): Promise<void> {
    const progress = known.progress.filter(({ chunks }) => end === undefined || chunks <= end.chunks);
    const claims = { header: known.header, progress, ...(end && endClaimsOf(end)) };
    const keyOf = () => this.#keyOf(known.claims.key);
    const opening = this.#keys && { crypto: { ...this.#crypto, ...this.#keys.crypto }, keyOf };
    const options = { source, crypto: this.#crypto, claims, ...(opening && { opening }) };
    const { header, isOpened, unboundBytes } = await verifyRecording(options);
    for (const [member, claimed] of Object.entries(known.claims)) {
      const found = header[member as keyof typeof known.claims];
      if (claimed === undefined || found === claimed) continue;
      throw new RecordingError('ERR_RECORDING_MISMATCH', `the log says ${member} ${claimed}, the header ${found}`);
    }
    this.#report.matching += 1;
    this.#report.unboundBytes += unboundBytes;
    if (isOpened) this.#report.opened += 1;
  }

  #keyOf(id: RecordingHeader['key']): Uint8Array | undefined {
    const key = this.#keys?.find(id);
    if (key?.state === 'there') return key.key;
    if (key === undefined) this.#report.unopened += 1;
    else this.#report.destroyed += 1;
    return undefined;
  }
}

async function sourceOf(directory: LogDirectory, file: string): Promise<RecordingSource | undefined> {
  if ((await directory.read(file, 0, 0)) === undefined) return undefined;
  return { read: async (offset, length) => (await directory.read(file, offset, length)) ?? new Uint8Array(0) };
}

/** What a record commits to of a recording. */
export function commitmentOf({ chunks, bytes, root }: Committed): RecordingCommitment {
  return { chunks, bytes, root: fromHex(root) };
}

/** Reasons of a recording that ended because nothing more could be written to it. */
const FAILED = /^ERR_RECORDINGS?_/;

/** What the record of its end says of a recording. */
export function endClaimsOf(
  end: Committed & Pick<EndLeaf, 'end' | 'reason'>,
): Required<Pick<RecordingClaims, 'end' | 'isDamaged' | 'hasEndBlock'>> {
  const isDamaged = end.reason === 'recording-damaged';
  const hasEndBlock = end.chunks > 0 && !isDamaged && (end.end === 'complete' || !FAILED.test(end.reason ?? ''));
  return { end: commitmentOf(end), isDamaged, hasEndBlock };
}

function stranger(path: string): LogFaultError {
  return new LogFaultError({ file: `recordings/${path}`, problem: 'there is something that is no recording' });
}
