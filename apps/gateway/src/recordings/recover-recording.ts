// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import type { LogRecord } from '@countersign/evidence';
import { encodeRecordingEnd, type RecordingSource, readRange, surveyRecording } from '@countersign/recording';
import { emptyRoot } from '@countersign/tlog';
import type { OpenRecordingRecord } from '../log/unfinished.ts';
import { recordingCrypto } from './node-recording-crypto.ts';
import { recordingPath } from './recording-place.ts';

/**
 * The end of a recording that a crash left without one. A write that was cut short goes, and the file gets its end;
 * nothing is encrypted, so no nonce is used again. A file that is damaged stays as it is, and its record says so.
 */
export async function recoverRecording(dir: string, { stream, exchange }: OpenRecordingRecord): Promise<LogRecord> {
  const file = await openFile(recordingPath(dir, stream));
  // Between the record of its start and its first byte, or taken away: nothing of it is there.
  if (file === undefined) return ending({ stream, exchange }, NOTHING_RECORDED, 'recovery');
  const source: RecordingSource = { read: (offset, length) => readRange(file, offset, length) };
  try {
    const { commitment, header, damage, isEnded, tornBytes } = await surveyRecording(source, recordingCrypto);
    const ids = { stream, exchange, ...(header && { session: header.session }) };
    const found = { ...commitment, root: Buffer.from(commitment.root).toString('hex') };
    if (damage !== undefined) return ending(ids, found, 'recording-damaged');
    if (tornBytes > 0) await file.truncate(commitment.bytes);
    if (!isEnded && commitment.chunks > 0) {
      await writeAt(file, encodeRecordingEnd(commitment, recordingCrypto.crc32), commitment.bytes);
    }
    await file.sync();
    return ending(ids, found, 'recovery');
  } finally {
    await file.close();
  }
}

/** What a record says of a recording of which nothing is there. */
export const NOTHING_RECORDED = {
  chunks: 0,
  bytes: 0,
  root: Buffer.from(emptyRoot(recordingCrypto.hash)).toString('hex'),
} as const;

function ending(
  ids: { readonly stream: string; readonly exchange: string; readonly session?: string },
  found: { readonly chunks: number; readonly bytes: number; readonly root: string },
  reason: 'recovery' | 'recording-damaged',
): LogRecord {
  return { type: 'recording.end', ...ids, ...found, end: 'cut', reason };
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }
}
