// SPDX-License-Identifier: Apache-2.0
import { SpdyDecoder, type SpdyLimits } from './decoder.ts';
import { SpdyEncoder } from './encoder.ts';
import { badSpdy, maxStreamNumber, type SpdyFrame, type SpdyHeaders, spdyTooLarge } from './frame.ts';
import type { Inflate } from './inflate.ts';

/** What the peer did. Pieces of data are views of the chunk that was pushed; an empty one is told only if it ends a stream. */
export type SpdyEvent =
  /** It opened a stream, which waits for `reply` or `reset`. */
  | { readonly type: 'opened'; readonly stream: number; readonly headers: SpdyHeaders; readonly fin: boolean }
  /** It took a stream that was opened here. */
  | { readonly type: 'accepted'; readonly stream: number; readonly fin: boolean }
  | { readonly type: 'data'; readonly stream: number; readonly data: Uint8Array; readonly fin: boolean }
  /** It gave a stream up, both directions. */
  | { readonly type: 'reset'; readonly stream: number; readonly status: number }
  /** It asks for a `pong` of this number. */
  | { readonly type: 'ping'; readonly id: number }
  /** It answers a ping. */
  | { readonly type: 'pong'; readonly id: number }
  /** It opens and takes no more streams; those that are open go on. */
  | { readonly type: 'goaway' };

/** A frame that says nothing: of a stream that is over, say. */
export interface PassedOver {
  readonly type: 'passed-over';
  /** Of data. */
  readonly bytes: number;
}

export interface SpdySessionOptions {
  /** A client's streams and pings have odd numbers, a server's even ones. */
  readonly role: 'client' | 'server';
  readonly inflate: Inflate;
  readonly limits?: SpdyLimits & {
    /** Streams that may be open at once, whoever opened them; default 4,096. */
    readonly maxStreams?: number;
  };
}

interface Stream {
  /** Whether it was opened here. */
  readonly ours: boolean;
  accepted: boolean;
  /** The peer writes no more. */
  readEnded: boolean;
  /** Nothing more is written here. */
  writeEnded: boolean;
}

/**
 * One end of a SPDY/3.1 connection without its I/O: what the peer sends goes in and comes out as events, what is done here
 * comes out as bytes, to be sent in that order. Keeps a few bytes a stream, and forgets a stream that both sides have
 * ended. What still comes for a stream that is over is passed over; for one that never was, it is refused.
 * @throws KubeError `ERR_KUBE_SPDY`, `ERR_KUBE_SPDY_TOO_LARGE`
 */
export class SpdySession {
  readonly #decoder: SpdyDecoder;
  readonly #encoder = new SpdyEncoder();
  readonly #streams = new Map<number, Stream>();
  readonly #maxStreams: number;
  /** 1 for numbers of the client. */
  readonly #ownParity: 0 | 1;
  #lastOwn: number;
  #lastPeer: number;
  #leaving = false;

  constructor({ role, inflate, limits = {} }: SpdySessionOptions) {
    this.#decoder = new SpdyDecoder(inflate, limits);
    this.#maxStreams = limits.maxStreams ?? 4_096;
    this.#ownParity = role === 'client' ? 1 : 0;
    this.#lastOwn = role === 'client' ? -1 : 0;
    this.#lastPeer = role === 'client' ? 0 : -1;
  }

  /** Streams that are open in at least one direction. */
  get openStreams(): number {
    return this.#streams.size;
  }

  /** Whether the peer takes no more streams. */
  get isLeaving(): boolean {
    return this.#leaving;
  }

  /** Whether a stream is open in at least one direction. */
  isOpen(stream: number): boolean {
    return this.#streams.has(stream);
  }

  push(chunk: Uint8Array): SpdyEvent[] {
    return [...this.read(chunk)].filter((event) => event.type !== 'passed-over');
  }

  /**
   * As `push`, each frame only when it is asked for, and those that say nothing too: a frame is judged before the next one
   * is inflated. What is left of a chunk is lost where it is not read to its end.
   */
  *read(chunk: Uint8Array): Generator<SpdyEvent | PassedOver> {
    for (const frame of this.#decoder.read(chunk)) {
      yield this.#take(frame) ?? { type: 'passed-over', bytes: frame.type === 'data' ? frame.data.length : 0 };
    }
  }

  /** Ends the peer's bytes. @throws KubeError `ERR_KUBE_SPDY_CUT` if a frame is unfinished. */
  end(): void {
    this.#decoder.end();
  }

  /** Opens a stream; nothing may be written on it before it is accepted. */
  open(headers: SpdyHeaders, fin = false): { readonly stream: number; readonly bytes: Uint8Array } {
    const stream = this.#lastOwn + 2;
    if (this.#leaving || stream > maxStreamNumber) throw badSpdy('no stream can be opened any more');
    this.#add(stream, { ours: true, accepted: false, readEnded: false, writeEnded: fin });
    this.#lastOwn = stream;
    return { stream, bytes: this.#encoder.encode({ type: 'syn-stream', stream, headers, fin }) };
  }

  /** Accepts a stream that the peer opened. */
  accept(stream: number): Uint8Array {
    const open = this.#streams.get(stream);
    if (open === undefined || open.ours || open.accepted) throw badSpdy('there is no stream to accept');
    open.accepted = true;
    return this.#encoder.encode({ type: 'syn-reply', stream, headers: [], fin: false });
  }

  /** Writes on a stream; `fin` ends this direction. Undefined when the stream is over: there is nobody to write to. */
  write(stream: number, data: Uint8Array, fin = false): Uint8Array | undefined {
    const open = this.#streams.get(stream);
    if (open === undefined || open.writeEnded) return undefined;
    if (!open.accepted) throw badSpdy('a stream is written on before it is accepted');
    if (fin) open.writeEnded = true;
    this.#forgetIfOver(stream, open);
    return this.#encoder.encode({ type: 'data', stream, data, fin });
  }

  /** Gives a stream up. Undefined when it is over already. */
  reset(stream: number, status: number): Uint8Array | undefined {
    return this.#streams.delete(stream) ? this.#encoder.encode({ type: 'rst-stream', stream, status }) : undefined;
  }

  /** `id` is odd for a client, even for a server, and not 0. */
  ping(id: number): Uint8Array {
    return this.#encoder.encode({ type: 'ping', id });
  }

  goaway(status: number): Uint8Array {
    return this.#encoder.encode({ type: 'goaway', lastStream: Math.max(0, this.#lastPeer), status });
  }

  #take(frame: SpdyFrame): SpdyEvent | undefined {
    switch (frame.type) {
      case 'syn-stream':
        return this.#opened(frame);
      case 'syn-reply':
        return this.#accepted(frame);
      case 'data':
        return this.#data(frame);
      case 'rst-stream':
        if (this.#known(frame.stream) === undefined) return undefined;
        this.#streams.delete(frame.stream);
        return { type: 'reset', stream: frame.stream, status: frame.status };
      case 'headers':
        throw badSpdy('headers after those that opened a stream');
      case 'ping':
        return { type: (frame.id & 1) === this.#ownParity ? 'pong' : 'ping', id: frame.id };
      case 'goaway':
        this.#leaving = true;
        return { type: 'goaway' };
      case 'settings':
      case 'window-update':
        return undefined;
    }
  }

  #opened({ stream, headers, fin }: Extract<SpdyFrame, { type: 'syn-stream' }>): SpdyEvent {
    if ((stream & 1) === this.#ownParity || stream <= this.#lastPeer)
      throw badSpdy('a stream is opened under a number that is not free');
    this.#add(stream, { ours: false, accepted: false, readEnded: fin, writeEnded: false });
    this.#lastPeer = stream;
    return { type: 'opened', stream, headers, fin };
  }

  #accepted({ stream, fin }: Extract<SpdyFrame, { type: 'syn-reply' }>): SpdyEvent | undefined {
    const open = this.#known(stream);
    if (open === undefined) return undefined;
    if (!open.ours || open.accepted) throw badSpdy('a reply to a stream that waits for none');
    open.accepted = true;
    if (fin) this.#endRead(stream, open);
    return { type: 'accepted', stream, fin };
  }

  #data({ stream, data, fin }: Extract<SpdyFrame, { type: 'data' }>): SpdyEvent | undefined {
    const open = this.#known(stream);
    if (open === undefined) return undefined;
    // Before its reply it may come: a kubelet begins to work on a stream while it still replies to it.
    if (open.readEnded) throw badSpdy('data after the end of a stream');
    if (fin) this.#endRead(stream, open);
    return data.length > 0 || fin ? { type: 'data', stream, data, fin } : undefined;
  }

  /** A stream that is open, or undefined for one that is over. @throws KubeError for one that never was */
  #known(stream: number): Stream | undefined {
    const last = (stream & 1) === this.#ownParity ? this.#lastOwn : this.#lastPeer;
    if (stream > last) throw badSpdy('a frame of a stream that was never opened');
    return this.#streams.get(stream);
  }

  #add(stream: number, open: Stream): void {
    if (this.#streams.size >= this.#maxStreams) throw spdyTooLarge(`${this.#maxStreams} streams at once`);
    this.#streams.set(stream, open);
  }

  #endRead(stream: number, open: Stream): void {
    open.readEnded = true;
    this.#forgetIfOver(stream, open);
  }

  #forgetIfOver(stream: number, { readEnded, writeEnded }: Stream): void {
    if (readEnded && writeEnded) this.#streams.delete(stream);
  }
}
