// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';

/**
 * The records that end what is under way (`intent <exchange>`, `answer <exchange>`, `stream <stream> <exchange>`): whether a write was
 * done is unknown, an answer or a stream was cut.
 */
export function unfinishedEndings(open: readonly string[], reason: 'recovery' | 'shutdown'): readonly LogRecord[] {
  return open.map((thing): LogRecord => {
    const [kind, id = '', exchange = ''] = thing.split(' ');
    switch (kind) {
      case 'intent':
        return { type: 'outcome', exchange: id, result: 'unknown', reason };
      case 'answer':
        return { type: 'answer.end', exchange: id, end: 'cut', reason };
      default:
        return { type: 'stream.end', exchange, stream: id, end: 'cut', reason };
    }
  });
}
