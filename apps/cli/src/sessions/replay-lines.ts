// SPDX-License-Identifier: Apache-2.0
import {
  NoText,
  PortLines,
  type RecordedFrame,
  type RecordingFacts,
  type SearchHit,
  TextLines,
} from '@countersign/recording';
import { asciiJson, printable } from '../evidence/printable.ts';

/** `00:01:02.345`. */
function clockOf(micros: number): string {
  const milliseconds = Math.floor(micros / 1_000);
  const seconds = Math.floor(milliseconds / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => part.toString().padStart(2, '0')).join(':');
  return `${clock}.${(milliseconds % 1_000).toString().padStart(3, '0')}`;
}

const OUTPUTS = ['stdout', 'stderr', 'notice'] as const;

/** Makes lines of frames, each with its time. */
class OutputLines {
  readonly #outputs = { stdout: outputOf(), stderr: outputOf(), notice: outputOf() };
  readonly #ports = new PortLines();
  readonly #isTty: boolean;

  constructor(isTty: boolean) {
    this.#isTty = isTty;
  }

  *push(frame: RecordedFrame): Generator<string> {
    if (frame.channel !== 'stdout' && frame.channel !== 'stderr' && frame.channel !== 'notice') {
      yield* timed(frame.at, this.#ports.push(frame));
      return;
    }
    const output = this.#outputs[frame.channel];
    if (!this.#isTty && output.noText.takes(frame.bytes)) {
      output.noTextAt = frame.at;
      return;
    }
    yield* timed(output.noTextAt, output.noText.line());
    for (const { at, shown } of output.lines.push(frame.bytes, frame.at)) yield* timed(at, shown);
  }

  *end(): Generator<string> {
    for (const { lines, noText, noTextAt } of OUTPUTS.map((name) => this.#outputs[name])) {
      yield* timed(noTextAt, noText.line());
      for (const { at, shown } of lines.end()) yield* timed(at, shown);
    }
  }
}

function outputOf() {
  // With when what is no text came last.
  return { lines: new TextLines(), noText: new NoText(), noTextAt: 0 };
}

function* timed(at: number, text: string | undefined): Generator<string> {
  if (text !== undefined) yield `${clockOf(at)}  ${text}`;
}

/**
 * Output as lines of text, each with its time: for whoever reads it elsewhere than in a terminal. Of a port-forward, and of
 * what is no text where there was no terminal, a line says how much it was.
 */
export async function* outputLines(frames: AsyncIterable<RecordedFrame>, isTty: boolean): AsyncGenerator<string> {
  const lines = new OutputLines(isTty);
  for await (const frame of frames) yield* lines.push(frame);
  yield* lines.end();
}

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
  return `${clockOf(at)}  ${place}: ${isHidden ? `(${printable(line)})` : printable(line)}`;
}
