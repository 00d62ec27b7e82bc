// SPDX-License-Identifier: Apache-2.0
import { type RecordedFrame, type RecordingFacts, recordedClock, type SearchHit } from '@countersign/recording';
import { asciiJson, printable } from '../evidence/printable.ts';

/** What stands above one of several recordings: which it is of, and its id. */
export function headingLine(stream: string, started: string, facts: RecordingFacts): string {
  const { kind, namespace, pod, command = [] } = facts;
  const what = [kind, `${namespace}/${pod}`, ...(command.length > 0 ? [command.join(' ')] : [])].join(' ');
  return printable(`== ${started.slice(0, 19)}Z  ${what}  (stream ${stream})`);
}

/** One line of JSON: the frame, its bytes in base64. */
export function frameJson(stream: string, frame: RecordedFrame): string {
  const bytes = 'bytes' in frame ? { bytes: Buffer.from(frame.bytes).toString('base64') } : {};
  return asciiJson({ stream, ...frame, ...bytes });
}

/** Where a text was found; in parentheses, what a terminal would not have shown. */
export function hitLine({ at, where, connection, line, isHidden }: SearchHit): string {
  const place = connection === undefined ? where : `${where} ${connection}`;
  return `${recordedClock(at)}  ${place}: ${isHidden ? `(${printable(line)})` : printable(line)}`;
}
