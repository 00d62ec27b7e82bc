// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { SealedKey } from '@countersign/evidence';
import {
  type RecordedFrame,
  RecordingError,
  type RecordingFacts,
  RecordingReader,
  sourceOfFile,
  verifyRecording,
} from '@countersign/recording';
import type { KnownRecording } from './known-recordings.ts';
import { recordingCrypto } from './node-recording-crypto.ts';
import { recordingPath } from './recording-place.ts';

/** Each reads and decrypts a whole file, beside the exchanges that this gateway is for. */
const MAX_OPEN = 4;
/** Whoever reads slower than this gets the rest by another try: a place is not theirs for ever. */
const MAX_OPEN_MS = 600_000;

/** Why a recording is not shown. */
export type ReplayProblem =
  | 'ERR_REPLAYS_BUSY'
  | 'ERR_RECORDING_MISSING'
  | 'ERR_RECORDING_KEY_DESTROYED'
  | 'ERR_RECORDING_NOT_AS_LOGGED';

/** A recording that is what the log says of it, open to be read. MUST be closed. */
export interface OpenReplay extends AsyncDisposable {
  readonly facts: RecordingFacts | undefined;
  /** RFC 3339. */
  readonly started: string;
  /** What it has up to its end; of one that is going on, up to what was there when it was opened. */
  frames(): AsyncIterable<RecordedFrame>;
}

export interface ReplaysOptions {
  /** Directory of recordings. */
  readonly dir: string;
  readonly findKey: (id: string) => Promise<SealedKey | undefined>;
  /** Hears why a recording is not what the log says. */
  readonly onProblem: (error: unknown) => void;
}

/** Opens recordings of this gateway for people, a few at a time, each checked as a whole before any of it is shown. */
export class Replays {
  readonly #options: ReplaysOptions;
  #open = 0;

  constructor(options: ReplaysOptions) {
    this.#options = options;
  }

  /** Holds one chunk of it, while it is checked and while it is read. */
  async open(known: KnownRecording): Promise<OpenReplay | ReplayProblem> {
    if (this.#open >= MAX_OPEN) return 'ERR_REPLAYS_BUSY';
    await using left = new AsyncDisposableStack();
    this.#open += 1;
    left.defer(() => {
      this.#open -= 1;
    });
    const key = await this.#options.findKey(known.key);
    if (key?.state === 'destroyed') return 'ERR_RECORDING_KEY_DESTROYED';
    const file = await openFile(recordingPath(this.#options.dir, known.stream));
    if (key === undefined || file === undefined) return 'ERR_RECORDING_MISSING';
    left.defer(() => file.close());
    try {
      const { reader, chunks } = await openChecked(file, known, key.key);
      const facts = await reader.facts();
      const kept = left.move();
      // What is read of it after that fails, as its file is closed.
      const late = setTimeout(() => void kept.disposeAsync(), MAX_OPEN_MS).unref();
      kept.defer(() => clearTimeout(late));
      const { started } = reader.header;
      const frames = () => reader.frames({ chunks });
      return { facts, started, frames, [Symbol.asyncDispose]: () => kept.disposeAsync() };
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      this.#options.onProblem(error);
      return 'ERR_RECORDING_NOT_AS_LOGGED';
    }
  }
}

async function openChecked(file: FileHandle, { claims, ...known }: KnownRecording, key: Uint8Array) {
  const source = sourceOfFile(file);
  const crypto = recordingCrypto;
  const keyOf = () => key;
  const { header, commitment } = await verifyRecording({ source, crypto, claims, opening: { crypto, keyOf } });
  if (header.recording !== known.stream || header.exchange !== known.exchange || header.session !== known.session) {
    throw new RecordingError('ERR_RECORDING_MISMATCH', `the header of ${known.stream} is not that of its stream`);
  }
  const reader = await RecordingReader.open({ source, crypto, keyOf });
  return { reader, chunks: claims.end?.chunks ?? commitment.chunks };
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
