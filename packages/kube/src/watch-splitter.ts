// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Splits a JSON watch body into events, one per JSON object, in order. Chunk borders and line ends carry no meaning; an
 * event that is whole is returned at once. Holds at most `maxEventBytes` (default 8 MiB: the API server stores objects of
 * 1.5 MiB in a denser form). It finds where events end and leaves it to a parser to say whether they are JSON.
 * @throws KubeError `ERR_KUBE_WATCH_FRAME`, `ERR_KUBE_EVENT_TOO_LARGE`, `ERR_KUBE_WATCH_CUT`
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export class WatchSplitter {
  readonly #maxEventBytes: number;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(options: { readonly maxEventBytes?: number } = {}) {
    this.#maxEventBytes = options.maxEventBytes ?? 8 * 1024 * 1024;
  }

  /** Takes the next bytes and returns the events that they complete. The events own their bytes. */
  push(chunk: Uint8Array): Uint8Array[] {
    const events: Uint8Array[] = [];
    let start = this.#depth > 0 ? 0 : -1;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] as number;
      if (start === -1) {
        if (blanks.has(byte)) continue;
        if (byte !== openBrace) throw new KubeError('ERR_KUBE_WATCH_FRAME', 'a watch event is not a JSON object');
        start = index;
      }
      if (this.#closes(byte)) {
        events.push(this.#take(chunk.subarray(start, index + 1)));
        start = -1;
      }
    }
    if (start !== -1) this.#hold(chunk.slice(start));
    return events;
  }

  /** Ends the body. @throws KubeError `ERR_KUBE_WATCH_CUT` if an event is unfinished. */
  end(): void {
    if (this.#depth > 0) throw new KubeError('ERR_KUBE_WATCH_CUT', 'the watch ended inside an event');
  }

  /** Moves on by one byte; true if it closes the outermost object. */
  #closes(byte: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) this.#inString = false;
      return false;
    }
    if (byte === quote) this.#inString = true;
    else if (byte === openBrace || byte === openBracket) this.#depth += 1;
    else if (byte === closeBrace || byte === closeBracket) this.#depth -= 1;
    return this.#depth === 0;
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.#maxEventBytes) {
      throw new KubeError('ERR_KUBE_EVENT_TOO_LARGE', `a watch event is over ${this.#maxEventBytes} bytes`);
    }
  }

  #take(last: Uint8Array): Uint8Array {
    this.#hold(last);
    const event = new Uint8Array(this.#heldBytes);
    let offset = 0;
    for (const part of this.#held) {
      event.set(part, offset);
      offset += part.length;
    }
    this.#held = [];
    this.#heldBytes = 0;
    return event;
  }
}
