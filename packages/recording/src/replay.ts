// SPDX-License-Identifier: Apache-2.0
import type { RecordingFacts } from './facts.ts';
import type { RecordedFrame } from './frame.ts';
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
  readonly #ports = new Map<number, number>();

  constructor(facts: RecordingFacts | undefined) {
    this.#isTty = facts?.tty ?? true;
  }

  /** What is to be written for a frame; of a port-forward, a line that says what went which way. */
  push(frame: RecordedFrame): string {
    switch (frame.channel) {
      case 'stdout':
      case 'stderr':
      case 'notice': {
        const text = this.#outputs[frame.channel].push(frame.bytes);
        return this.#isTty ? text : text.replaceAll('\n', '\r\n');
      }
      case 'port-open':
        this.#ports.set(frame.connection, frame.port);
        return this.#portLine(frame.connection, 'opened');
      case 'port-up':
      case 'port-down':
        return this.#portLine(frame.connection, `${frame.bytes.length} bytes ${frame.channel.slice(5)}`);
      case 'port-error':
        return this.#portLine(frame.connection, `an error of ${frame.bytes.length} bytes`);
      case 'port-up-end':
        return this.#portLine(frame.connection, 'no more up');
      case 'port-down-end': {
        const line = this.#portLine(frame.connection, 'no more down');
        this.#ports.delete(frame.connection);
        return line;
      }
      default:
        return '';
    }
  }

  /** What brings the viewer's terminal back to how it was. */
  reset(): string {
    return Object.values(this.#outputs)
      .map((output) => output.reset())
      .join('');
  }

  #portLine(connection: number, what: string): string {
    return `port ${this.#ports.get(connection) ?? '?'} connection ${connection}: ${what}\r\n`;
  }
}
