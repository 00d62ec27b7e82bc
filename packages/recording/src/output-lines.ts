// SPDX-License-Identifier: Apache-2.0
import type { RecordedFrame } from './frame.ts';
import { NoText } from './no-text.ts';
import { PortLines } from './port-lines.ts';
import { TextLines } from './terminal/text-lines.ts';

/** Time after the beginning of a recording: `00:01:02.345`. */
export function recordedClock(micros: number): string {
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
  if (text !== undefined) yield `${recordedClock(at)}  ${text}`;
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
