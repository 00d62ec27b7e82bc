// SPDX-License-Identifier: Apache-2.0

/** An event of a stream: what it is called, and its text. */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/** No event of the gateway is as long; a stream that is something else ends here. */
const MAX_REST = 65_536;

function eventOf(block: string): StreamEvent | undefined {
  const values = (field: string): readonly string[] =>
    block.split('\n').flatMap((line) => (line.startsWith(`${field}: `) ? [line.slice(field.length + 2)] : []));
  const data = values('data');
  return data.length === 0 ? undefined : { name: values('event').at(-1) ?? 'message', data: data.join('\n') };
}

/**
 * Splits a stream of server-sent events, as this gateway writes them, into events. Borders of chunks carry no meaning;
 * comments are left out.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventLines {
  #rest = '';

  /** @throws RangeError where an event does not end */
  push(chunk: string): readonly StreamEvent[] {
    const blocks = `${this.#rest}${chunk}`.split('\n\n');
    this.#rest = blocks.pop() ?? '';
    if (this.#rest.length > MAX_REST) throw new RangeError('an event does not end');
    return blocks.flatMap((block) => eventOf(block) ?? []);
  }
}
