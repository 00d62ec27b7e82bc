// SPDX-License-Identifier: Apache-2.0
import { CliError } from '../cli-error.ts';

/** One server-sent event. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** Far more than the gateway sends in one. */
const MAX_EVENT_CHARACTERS = 65_536;

/**
 * Reads events from a stream of them as the gateway writes it: lines end in a newline, an event in an empty line. Chunk borders
 * carry no meaning; it holds one event that is not whole yet, of 65,536 characters at most.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class EventParser {
  #rest = '';

  /** The events that are whole with this. @throws CliError (1) where one is too long */
  push(text: string): readonly ServerEvent[] {
    const blocks = `${this.#rest}${text}`.split('\n\n');
    this.#rest = blocks.pop() ?? '';
    if ([...blocks, this.#rest].some(({ length }) => length > MAX_EVENT_CHARACTERS))
      throw new CliError(1, 'the gateway sent an event that is too long');
    return blocks.flatMap(eventOf);
  }
}

/** An event without data is none: a comment, which says that the stream is still there. */
function eventOf(block: string): readonly ServerEvent[] {
  const fields = block.split('\n').map((line) => /^([a-z]+): ?(.*)$/s.exec(line));
  const valuesOf = (name: string) => fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : []));
  const data = valuesOf('data');
  return data.length === 0 ? [] : [{ name: valuesOf('event').at(-1) ?? 'message', data: data.join('\n') }];
}
