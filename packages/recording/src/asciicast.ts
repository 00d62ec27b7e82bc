// SPDX-License-Identifier: Apache-2.0
import type { RecordingFacts } from './facts.ts';
import type { RecordedFrame } from './frame.ts';
import { SafeOutput } from './terminal/safe-output.ts';

export interface AsciicastOptions {
  readonly facts: RecordingFacts | undefined;
  /** When the recording began, in seconds since 1970. */
  readonly timestamp: number;
  /** Leaves what was recorded as it is: whoever plays it in a terminal is at its mercy. */
  readonly isRaw?: boolean;
}

const USUAL_SIZE = { cols: 80, rows: 24 };
/** Players keep every cell of a terminal, and its size is what its caller said: no screen is larger. */
const LARGEST_SIZE = { cols: 1_000, rows: 500 };
/** Frames within which a terminal tells its first size. */
const FIRST_FRAMES = 16;

/**
 * An asciicast v3 of a recording, line by line: output (stdout, stderr and what the gateway said) as `o`, stdin as `i`,
 * sizes as `r`, the exit code as `x`, why it was cut as a marker. What would act on the viewer's terminal is left out of
 * the output. A derived view: what bytes can't be UTF-8 becomes U+FFFD, times are rounded to milliseconds without drift,
 * lines of a command without a terminal end in CR LF, and a terminal is at most 1,000 columns by 500 rows. Bytes of a port-forward have no place in it.
 * @see https://docs.asciinema.org/manual/asciicast/v3/
 */
export async function* asciicast(
  frames: AsyncIterable<RecordedFrame>,
  options: AsciicastOptions,
): AsyncGenerator<string> {
  const cast = new Cast(options);
  const first: RecordedFrame[] = [];
  let hasBegun = false;
  for await (const frame of frames) {
    if (!hasBegun) first.push(frame);
    if (!hasBegun && frame.channel !== 'resize' && first.length < FIRST_FRAMES) continue;
    if (!hasBegun) yield* cast.begin(first);
    else yield* cast.events(frame);
    hasBegun = true;
  }
  if (!hasBegun) yield* cast.begin(first);
}

class Cast {
  readonly #options: AsciicastOptions;
  readonly #decoders = new Map<string, (bytes: Uint8Array) => string>();
  #lastMs = 0;

  constructor(options: AsciicastOptions) {
    this.#options = options;
  }

  *begin(first: readonly RecordedFrame[]): Generator<string> {
    const size = first.find((frame) => frame.channel === 'resize' && frame.columns > 0 && frame.rows > 0);
    const term = size?.channel === 'resize' ? playable(size) : USUAL_SIZE;
    const { facts, timestamp } = this.#options;
    const command = facts?.command?.join(' ');
    const about = facts && { title: `${facts.kind} ${facts.namespace}/${facts.pod}`, countersign: facts };
    yield line({ version: 3, term, timestamp, ...(command === undefined ? {} : { command }), ...about });
    for (const frame of first) if (frame !== size) yield* this.events(frame);
  }

  *events(frame: RecordedFrame): Generator<string> {
    switch (frame.channel) {
      case 'stdin':
        return yield* this.#event(frame, 'i', this.#text(frame.channel, frame.bytes));
      case 'stdout':
      case 'stderr':
      case 'notice':
        return yield* this.#event(frame, 'o', this.#text(frame.channel, frame.bytes));
      case 'resize': {
        const { cols, rows } = playable(frame);
        return yield* this.#event(frame, 'r', `${cols}x${rows}`);
      }
      case 'end':
        if (frame.end === 'cut') yield* this.#event(frame, 'm', `cut: ${frame.reason ?? 'unknown'}`);
        if (frame.exitCode !== undefined) yield* this.#event(frame, 'x', `${frame.exitCode}`);
        return;
      default:
      // Bytes of a port-forward, and what ends a direction, have no place in a cast.
    }
  }

  *#event({ at }: RecordedFrame, code: string, data: string): Generator<string> {
    if (data === '') return;
    const ms = Math.round(at / 1_000);
    const interval = (ms - this.#lastMs) / 1_000;
    this.#lastMs = ms;
    yield line([interval, code, data]);
  }

  #text(channel: string, bytes: Uint8Array): string {
    const decode = this.#decoders.get(channel) ?? this.#decoder(channel);
    this.#decoders.set(channel, decode);
    return decode(bytes);
  }

  #decoder(channel: string): (bytes: Uint8Array) => string {
    const { facts, isRaw = false } = this.#options;
    const decoder = new TextDecoder();
    const output = new SafeOutput();
    const decode = (bytes: Uint8Array) =>
      isRaw || channel === 'stdin' ? decoder.decode(bytes, { stream: true }) : output.push(bytes);
    if (facts?.tty !== false || channel === 'stdin') return decode;
    return (bytes) => decode(bytes).replaceAll('\n', '\r\n');
  }
}

function playable({ columns, rows }: Extract<RecordedFrame, { channel: 'resize' }>): typeof USUAL_SIZE {
  return { cols: Math.min(columns, LARGEST_SIZE.cols), rows: Math.min(rows, LARGEST_SIZE.rows) };
}

/** One line of JSON, in which nothing is left that a terminal obeys. */
function line(value: unknown): string {
  const json = JSON.stringify(value);
  return `${json.replace(/[\u007f-\u009f\u2028\u2029]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
