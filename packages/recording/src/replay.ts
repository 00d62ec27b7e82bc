// SPDX-License-Identifier: Apache-2.0
import type { RecordingFacts } from './facts.ts';
import type { RecordedFrame } from './frame.ts';
import { NoText } from './no-text.ts';
import { PortLines } from './port-lines.ts';
import { SafeOutput } from './terminal/safe-output.ts';

export interface PaceOptions {
  /** 2 is twice as fast. */
  readonly speed?: number;
  /** Longer silences last so many milliseconds of the recording. */
  readonly idleMs?: number;
  /** Microseconds after its beginning, up to which everything comes at once. */
  readonly from?: number;
}

export interface PacedFrame {
  readonly frame: RecordedFrame;
  /** How long to wait before it is shown. */
  readonly waitMs: number;
}

/** Tells for each frame how long after the one before it is to be shown. */
export async function* paceFrames(
  frames: AsyncIterable<RecordedFrame>,
  { speed = 1, idleMs = Infinity, from = 0 }: PaceOptions = {},
): AsyncGenerator<PacedFrame> {
  let before = from;
  for await (const frame of frames) {
    const gapMs = Math.max(0, frame.at - before) / 1_000;
    before = Math.max(before, frame.at);
    yield { frame, waitMs: Math.min(gapMs, idleMs) / speed };
  }
}

/** What a player writes into the viewer's terminal: nothing of it but what draws there. */
export class ReplayText {
  readonly #isTty: boolean;
  readonly #outputs = { stdout: new SafeOutput(), stderr: new SafeOutput(), notice: new SafeOutput() };
  readonly #ports = new PortLines();
  readonly #noText = { stdout: new NoText(), stderr: new NoText(), notice: new NoText() };

  constructor(facts: RecordingFacts | undefined) {
    this.#isTty = facts?.tty ?? true;
  }

  /** What is to be written for a frame; of a port-forward, and of what is no text, a line that says how much it was. */
  push(frame: RecordedFrame): string {
    if (frame.channel !== 'stdout' && frame.channel !== 'stderr' && frame.channel !== 'notice') {
      return asLine(this.#ports.push(frame));
    }
    if (this.#isTty) return this.#outputs[frame.channel].push(frame.bytes);
    const noText = this.#noText[frame.channel];
    if (noText.takes(frame.bytes)) return '';
    const text = this.#outputs[frame.channel].push(frame.bytes);
    return asLine(noText.line()) + text.replaceAll('\n', '\r\n');
  }

  /** What is left to be said, and what brings the viewer's terminal back to how it was. */
  reset(): string {
    const left = Object.values(this.#noText).map((noText) => asLine(noText.line()));
    const resets = Object.values(this.#outputs).map((output) => output.reset());
    return [...left, ...resets].join('');
  }
}

function asLine(text: string | undefined): string {
  return text === undefined ? '' : `${text}\r\n`;
}
