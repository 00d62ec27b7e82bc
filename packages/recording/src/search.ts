// SPDX-License-Identifier: Apache-2.0
import type { RecordingFacts } from './facts.ts';
import type { Channel, RecordedFrame } from './frame.ts';
import { RecordingError } from './recording-error.ts';
import { BinaryText, isBinary } from './terminal/binary-text.ts';
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
 * told apart, borders of frames and chunks carry no meaning, and escape sequences within a word don't hide it. What is no text, as
 * of an archive, is read as it was printed, without a cursor, and only the part of a line that is near what was found is told.
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
  const views = new Views(text, facts?.tty === false);
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

interface View {
  readonly reader: TextLines | BinaryText;
  readonly place: Place;
}

/** A view of lines for each channel and connection. */
class Views {
  readonly #views = new Map<string, View>();
  readonly #text: string;
  /** No terminal is drawn on, so that much of it may be no text. */
  readonly #mayBeBinary: boolean;

  constructor(text: string, mayBeBinary: boolean) {
    this.#text = text;
    this.#mayBeBinary = mayBeBinary;
  }

  push(frame: RecordedFrame): readonly Found[] {
    if (!('bytes' in frame)) return [];
    const place =
      'connection' in frame ? { where: frame.channel, connection: frame.connection } : { where: frame.channel };
    const name = 'connection' in frame ? `${frame.channel} ${frame.connection}` : frame.channel;
    const evicted = this.#views.has(name) ? [] : this.#makeRoom();
    const view = this.#views.get(name) ?? { reader: new TextLines(), place };
    const { reader, ended } = this.#readerFor(frame, view.reader);
    this.#views.set(name, { reader, place });
    return [...evicted, { lines: ended, place }, { lines: reader.push(asLines(frame), frame.at), place }];
  }

  end(): readonly Found[] {
    return [...this.#views.values()].map(linesLeft);
  }

  /** The one that frame is for: another one goes on where this ends. */
  #readerFor(
    { bytes }: { readonly bytes: Uint8Array },
    reader: View['reader'],
  ): { readonly reader: View['reader']; readonly ended: readonly TextLine[] } {
    const isText = !(this.#mayBeBinary && isBinary(bytes));
    if (isText === reader instanceof TextLines) return { reader, ended: [] };
    if (reader instanceof TextLines) {
      const ended = reader.end();
      const { at = 0, shown = '', printed = shown } = ended.at(-1) ?? {};
      return { reader: new BinaryText(this.#text, { text: printed, at }), ended };
    }
    const lines = new TextLines();
    lines.push(new TextEncoder().encode(reader.rest.text), reader.rest.at);
    return { reader: lines, ended: [] };
  }

  #makeRoom(): readonly Found[] {
    const [oldest] = this.#views;
    if (this.#views.size < MAX_VIEWS || oldest === undefined) return [];
    this.#views.delete(oldest[0]);
    return [linesLeft(oldest[1])];
  }
}

function linesLeft({ reader, place }: View): Found {
  return { lines: reader instanceof TextLines ? reader.end() : [], place };
}

/** What is typed ends its lines with CR, and takes back with DEL. */
function asLines({ channel, bytes }: { readonly channel: Channel; readonly bytes: Uint8Array }): Uint8Array {
  if (channel !== 'stdin') return bytes;
  const lines = Uint8Array.from(bytes);
  for (const [at, byte] of bytes.entries()) {
    if (byte === CR) lines[at] = LF;
    else if (byte === DEL) lines[at] = BS;
  }
  return lines;
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
