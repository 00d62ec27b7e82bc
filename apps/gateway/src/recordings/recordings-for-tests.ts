// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type RecordedFrame,
  type RecordingCommitment,
  type RecordingFacts,
  RecordingReader,
  type SizedSource,
  type StreamFrame,
  type VerifiedRecording,
  verifyRecording,
} from '@countersign/recording';
import { openDiskLog } from '../log/disk-log.ts';
import { type LogPlace, recordsOf, sealedKeys } from '../log/log-for-tests.ts';
import { recordingCrypto } from './node-recording-crypto.ts';
import { recordingPath } from './recording-place.ts';
import { type RecordedStream, Recordings, type RecordingsLog, type RecordingsOptions } from './recordings.ts';

const FACTS: RecordingFacts = {
  kind: 'exec',
  cluster: 'lab',
  namespace: 'shop',
  pod: 'payments-0',
  command: ['sh'],
  tty: true,
  agent: 'reporter',
  recorded: ['up', 'down'],
  masked: true,
};

export function streamOf(session: string = randomUUID()): RecordedStream {
  return { exchange: randomUUID(), stream: randomUUID(), session, facts: FACTS };
}

/** Frames of output that tell by their text which they are. */
export function output(text: string): StreamFrame {
  return { channel: 'stdout', bytes: Buffer.from(text) };
}

export function recordingsDir({ home }: LogPlace): string {
  return join(home, 'recordings');
}

/** Recordings over a log, as a gateway has them; nothing runs by the clock. */
export async function openRecordings(
  place: LogPlace,
  log: RecordingsLog,
  more: Partial<RecordingsOptions> = {},
): Promise<Recordings> {
  return await Recordings.open({
    dir: recordingsDir(place),
    log,
    clock: () => Date.now() * 1_000,
    monotonic: () => performance.now(),
    progressMs: 3_600_000,
    ...more,
  });
}

/** A log and its recordings. */
export async function openBoth(place: LogPlace, more: Partial<RecordingsOptions> = {}) {
  const log = await openDiskLog(place);
  const recordings = await openRecordings(place, log, more);
  return {
    log,
    recordings,
    close: async () => {
      await recordings.close();
      await log.close();
    },
  };
}

async function sourceOf(place: LogPlace, stream: string): Promise<SizedSource> {
  const path = recordingPath(recordingsDir(place), stream);
  return {
    length: async () => (await stat(path)).size,
    async read(offset, length) {
      const file = await open(path);
      try {
        const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
  };
}

/** The frames of a recording, read from the disk with the key of the key table. */
export async function framesOf(place: LogPlace, stream: string): Promise<readonly RecordedFrame[]> {
  const source = await sourceOf(place, stream);
  const keyOf = await keysOf(place);
  const reader = await RecordingReader.open({ source, crypto: recordingCrypto, keyOf });
  return await Array.fromAsync(reader.frames());
}

/** The text of its output. */
export async function outputOf(place: LogPlace, stream: string): Promise<string> {
  const frames = await framesOf(place, stream);
  return frames.map((frame) => (frame.channel === 'stdout' ? Buffer.from(frame.bytes).toString() : '')).join('');
}

/** What the log says of a recording, in order. */
export async function recordsOfStream(place: LogPlace, stream: string) {
  const leaves = (await recordsOf(place)).map(({ leaf }) => leaf);
  return leaves.flatMap((leaf) =>
    leaf.type.startsWith('recording.') && 'stream' in leaf && leaf.stream === stream ? [leaf] : [],
  );
}

/** Checks a recording against the log, opening every chunk. */
export async function verifyAgainstLog(place: LogPlace, stream: string): Promise<VerifiedRecording> {
  const progress: RecordingCommitment[] = [];
  let header: Uint8Array | undefined;
  let end: RecordingCommitment | undefined;
  for (const leaf of await recordsOfStream(place, stream)) {
    if (leaf.type === 'recording.start') header = Buffer.from(leaf.header, 'hex');
    if (leaf.type === 'recording.progress') progress.push(claimOf(leaf));
    if (leaf.type === 'recording.end') end = claimOf(leaf);
  }
  const claims = { progress, ...(header && { header }), ...(end && { end }) };
  const source = await sourceOf(place, stream);
  const opening = { crypto: recordingCrypto, keyOf: await keysOf(place) };
  return await verifyRecording({ source, crypto: recordingCrypto, claims, opening });
}

function claimOf({ chunks, bytes, root }: { chunks: number; bytes: number; root: string }): RecordingCommitment {
  return { chunks, bytes, root: Buffer.from(root, 'hex') };
}

async function keysOf({ keyDir }: LogPlace) {
  const keys = await sealedKeys(keyDir);
  return ({ key }: { readonly key: string }): Uint8Array => {
    const found = keys.find(key);
    if (found?.state !== 'there') throw new TypeError(`no key ${key}`);
    return found.key;
  };
}
