// SPDX-License-Identifier: Apache-2.0
import { type RecordedFrame, type SearchHit, TextLines } from '@countersign/recording';
import { asciiJson, printable } from '../evidence/printable.ts';

/** `00:01:02.345`. */
function clockOf(micros: number): string {
  const milliseconds = Math.floor(micros / 1_000);
  const seconds = Math.floor(milliseconds / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => part.toString().padStart(2, '0')).join(':');
  return `${clock}.${(milliseconds % 1_000).toString().padStart(3, '0')}`;
}

/** Output as lines of text, each with its time: for whoever reads it elsewhere than in a terminal. */
export async function* outputLines(frames: AsyncIterable<RecordedFrame>): AsyncGenerator<string> {
  const views = { stdout: new TextLines(), stderr: new TextLines(), notice: new TextLines() };
  for await (const frame of frames) {
    if (frame.channel !== 'stdout' && frame.channel !== 'stderr' && frame.channel !== 'notice') continue;
    for (const { at, shown } of views[frame.channel].push(frame.bytes, frame.at)) yield `${clockOf(at)}  ${shown}`;
  }
  for (const view of Object.values(views)) for (const { at, shown } of view.end()) yield `${clockOf(at)}  ${shown}`;
}

/** One line of JSON: the frame, its bytes in base64. */
export function frameJson(stream: string, frame: RecordedFrame): string {
  const bytes = 'bytes' in frame ? { bytes: Buffer.from(frame.bytes).toString('base64') } : {};
  return asciiJson({ stream, ...frame, ...bytes });
}

/** Where a text was found; in parentheses, what a terminal would not have shown. */
export function hitLine({ at, where, connection, line, isHidden }: SearchHit): string {
  const place = connection === undefined ? where : `${where} ${connection}`;
  return `${clockOf(at)}  ${place}: ${isHidden ? `(${printable(line)})` : printable(line)}`;
}
