// SPDX-License-Identifier: Apache-2.0
import type { RecordingFacts } from './facts.ts';
import type { Channel, RecordedFrame } from './frame.ts';
import { RecordingError } from './recording-error.ts';
import { LINE_OVERLAP, type TextLine, TextLines } from './terminal/text-lines.ts';

/** A place where a text stands in a recording. */
export interface SearchHit {
  /** Microseconds after its beginning. */
  readonly at: number;
  readonly where: Channel | 'command';
  readonly connection?: number;
  /** The line, without anything that a terminal would obey; of one that is hidden, what was printed in it. */
  readonly line: string;
  /** Whether a terminal would not show it at last: overwritten, erased, or in a string that is none to see. */
  readonly isHidden: boolean;
}

export interface SearchOptions {
  readonly text: string;
  readonly facts: RecordingFacts | undefined;
}

/** Connections whose lines are held at the same time: of more, the oldest line ends. */
const MAX_VIEWS = 256;
const CR = 13;
const LF = 10;
const DEL = 127;
const BS = 8;

/**
 * Where a text of at most 256 characters stands in the command and in what flowed, without regard to case. Channels are
 * told apart, borders of frames and chunks carry no meaning, and escape sequences within a word don't hide it.
 * @throws RecordingError `ERR_RECORDING_FRAME` for a text that is empty or too long
 */
export async function* searchRecording(
  frames: AsyncIterable<RecordedFrame>,
  { text, facts }: SearchOptions,
): AsyncGenerator<SearchHit> {
  if (text === '' || text.length > LINE_OVERLAP) {
    throw new RecordingError('ERR_RECORDING_FRAME', `a text to search for has 1 to ${LINE_OVERLAP} characters`);
  }
  const wanted = text.toLowerCase();
  const command = linesOf(facts?.command?.join(' ') ?? '');
  yield* hitsIn(command, wanted, { where: 'command' });
  const views = new Views();
  for await (const frame of frames) {
    for (const { lines, place } of views.push(frame)) yield* hitsIn(lines, wanted, place);
  }
  for (const { lines, place } of views.end()) yield* hitsIn(lines, wanted, place);
}

type Place = Pick<SearchHit, 'where' | 'connection'>;
interface Found {
  readonly lines: readonly TextLine[];
  readonly place: Place;
}

/** A view of lines for each channel and connection. */
class Views {
  readonly #views = new Map<string, { readonly view: TextLines; readonly place: Place }>();

  push(frame: RecordedFrame): readonly Found[] {
    if (!('bytes' in frame)) return [];
    const place =
      'connection' in frame ? { where: frame.channel, connection: frame.connection } : { where: frame.channel };
    const name = 'connection' in frame ? `${frame.channel} ${frame.connection}` : frame.channel;
    const evicted = this.#views.has(name) ? [] : this.#makeRoom();
    const { view } = this.#views.get(name) ?? { view: new TextLines() };
    this.#views.set(name, { view, place });
    return [...evicted, { lines: view.push(asLines(frame), frame.at), place }];
  }

  end(): readonly Found[] {
    return [...this.#views.values()].map(({ view, place }) => ({ lines: view.end(), place }));
  }

  #makeRoom(): readonly Found[] {
    const [oldest] = this.#views;
    if (this.#views.size < MAX_VIEWS || oldest === undefined) return [];
    this.#views.delete(oldest[0]);
    return [{ lines: oldest[1].view.end(), place: oldest[1].place }];
  }
}

/** What is typed ends its lines with CR, and takes back with DEL. */
function asLines({ channel, bytes }: { readonly channel: Channel; readonly bytes: Uint8Array }): Uint8Array {
  if (channel !== 'stdin') return bytes;
  return bytes.map((byte) => (byte === CR ? LF : byte === DEL ? BS : byte));
}

function* hitsIn(lines: readonly TextLine[], wanted: string, place: Place): Generator<SearchHit> {
  for (const { at, shown, printed } of lines) {
    if (shown.toLowerCase().includes(wanted)) yield { at, ...place, line: shown, isHidden: false };
    else if (printed?.toLowerCase().includes(wanted)) yield { at, ...place, line: printed, isHidden: true };
  }
}

function linesOf(text: string): readonly TextLine[] {
  const view = new TextLines();
  return [...view.push(new TextEncoder().encode(text), 0), ...view.end()];
}
