// SPDX-License-Identifier: Apache-2.0
import type { Duplex, Readable, Writable } from 'node:stream';
import type { HeaderLines } from '../tunnel/clusters.ts';

/** How long a connection may be idle: longer than every client's own limit (90 s), so that it is the client that closes. */
export const IDLE_MS = 100_000;

/** One request as it came in, whichever HTTP version brought it. */
export interface Incoming {
  readonly protocol: 'HTTP/1.1' | 'HTTP/2' | 'other';
  readonly method: string;
  /** The request target, raw: nothing has been decoded or normalised. */
  readonly target: string;
  /** Every header line in order, names in lower case; duplicates are still there. */
  readonly headers: HeaderLines;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Nothing has been read of it; a caller that expects 100 gets it at the first read. */
  readonly body: Readable;
  /** False when the head says that no body follows. */
  readonly hasBody: boolean;
  /** Aborted when the caller goes away before its answer is complete. */
  readonly gone: AbortSignal;
  readonly reply: Reply;
  /**
   * Only of a request for an upgrade: answers 101 with these headers, in the place of `reply`, and returns the connection.
   * `reply.cut` breaks that off, `gone` tells when it is closed.
   */
  readonly switchTo?: (headers: HeaderLines) => Duplex;
  /** Beside it: what says an answer that comes after the switch. Without, such an answer breaks the connection off. */
  readonly answerBy?: (late: LateReply) => void;
}

/** How an answer is said on a connection that has been switched already. */
export type LateReply = Pick<Reply, 'begun' | 'begin' | 'write' | 'end'>;

/** The way back to the caller. */
export interface Reply {
  /** Of a request for an upgrade: whether its connection has been switched. */
  readonly switched?: boolean;
  /** True once `begin` was called: the status can't be changed any more, only the stream cut. */
  readonly begun: boolean;
  /** Lets the connection take no request but those under way; before `begin`. */
  closeConnection(): void;
  /** The head may wait for the first bytes of the body, or for `flush`. */
  begin(status: number, headers: HeaderLines): void;
  /** Sends the head now: of a watch nothing else may come for hours. */
  flush(): void;
  /** Resolves when the caller has room for more; rejects when it is gone. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Ends the answer cleanly, with `last` as the end of its body, which then leaves together with the end mark; resolves
   * once it was handed to the connection, or when the caller is gone.
   */
  end(last?: Uint8Array): Promise<void>;
  /**
   * Breaks the answer off so that the caller can tell: a reset stream, or a connection closed amid a chunked body. `last`
   * goes out before, to a caller that has read what was written so far.
   */
  cut(last?: Uint8Array): void;
}

/** How long what is written before a cut may take to leave. */
const LAST_WORDS_MS = 100;

/** Writes `last`, where nothing waits before it, and then breaks off. */
export function sayAndBreak(writable: Writable, last: Uint8Array | undefined, breakOff: () => void): void {
  if (last === undefined || !writable.writable || writable.writableLength > 0) {
    breakOff();
    return;
  }
  const timer = setTimeout(breakOff, LAST_WORDS_MS);
  writable.write(last, () => {
    clearTimeout(timer);
    breakOff();
  });
}

/** The caller went away while something was being written to it. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
  readonly code = 'ERR_CALLER_GONE';

  constructor() {
    super('the caller is gone');
  }
}

/** Header lines from the flat list that Node's parsers give, names in lower case. */
export function headerLines(raw: readonly string[]): HeaderLines {
  const lines: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    lines.push([(raw[index] as string).toLowerCase(), raw[index + 1] as string]);
  }
  return lines;
}

/** Resolves at the writable's next 'drain'; rejects with `CallerGone` when it closes first. */
export function drained(writable: NodeJS.WritableStream & { readonly destroyed?: boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    if (writable.destroyed) {
      reject(new CallerGone());
      return;
    }
    const settle = (act: () => void) => () => {
      writable.removeListener('drain', onDrain);
      writable.removeListener('close', onClose);
      act();
    };
    const onDrain = settle(resolve);
    const onClose = settle(() => reject(new CallerGone()));
    writable.once('drain', onDrain);
    writable.once('close', onClose);
  });
}
