// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';

/**
 * The records that end what is under way (`intent <exchange>`, `answer <exchange>`, `stream <stream> <exchange>`): whether
 * a write was done is unknown, an answer or a stream was cut. Recordings stay under way: only who reads their files can
 * say how they end.
 */
export function unfinishedEndings(open: readonly string[], reason: 'recovery' | 'shutdown'): readonly LogRecord[] {
  return open.flatMap((thing): readonly LogRecord[] => {
    const [kind, id = '', exchange = ''] = thing.split(' ');
    switch (kind) {
      case 'intent':
        return [{ type: 'outcome', exchange: id, result: 'unknown', reason }];
      case 'answer':
        return [{ type: 'answer.end', exchange: id, end: 'cut', reason }];
      case 'recording':
        return [];
      default:
        return [{ type: 'stream.end', exchange, stream: id, end: 'cut', reason }];
    }
  });
}

/** A recording that is under way by the records. */
export interface OpenRecordingRecord {
  readonly stream: string;
  readonly exchange: string;
}

/** The recordings among what is under way. */
export function openRecordings(open: readonly string[]): readonly OpenRecordingRecord[] {
  return open.flatMap((thing) => {
    const [kind, stream = '', exchange = ''] = thing.split(' ');
    return kind === 'recording' ? [{ stream, exchange }] : [];
  });
}
