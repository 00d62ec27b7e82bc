// SPDX-License-Identifier: Apache-2.0
import {
  goawayStatuses,
  KubeError,
  portStreamHeaders,
  resetStatuses,
  type SpdyEvent,
  SpdySession,
} from '@countersign/kube';
import { CallerGone } from '../../data/incoming.ts';
import { FrameTurns } from '../frame-turns.ts';
import { inflate } from '../inflate.ts';
import { OPEN_TIMEOUT_MS, PING_MS } from '../upstream-timing.ts';
import type { ByteLink } from './byte-link.ts';
import type { PortStreamType } from './forward-caller.ts';

const MAX_STREAMS = 4_096;
/** Pieces of a connection that may come before the replies to its streams: what went wrong with it is two or three. */
const MAX_EARLY = 16;

/** What came out of a pod. A connection has the number that it was opened with. */
export type ForwardOutput = { readonly connection: number; readonly stream: PortStreamType } & (
  | { readonly type: 'data'; readonly data: Uint8Array }
  /** The pod's side writes no more on the stream. */
  | { readonly type: 'end' }
  /** It gave the stream up, both ways. */
  | { readonly type: 'reset' }
);

type StreamEvent = Extract<SpdyEvent, { type: 'data' | 'reset' }>;

interface Connection {
  readonly id: number;
  readonly data: number;
  readonly error: number;
  readonly opened: PromiseWithResolvers<boolean>;
  readonly timer: NodeJS.Timeout;
  accepted: number;
  /** What came before the replies did. */
  readonly early: StreamEvent[];
}

/** The API server's end of a port-forward: SPDY/3.1, two streams for each connection. */
export class SpdyForwardUpstream implements Disposable {
  readonly #link: ByteLink;
  readonly #session = new SpdySession({ role: 'client', inflate, limits: { maxStreams: MAX_STREAMS } });
  readonly #connections = new Map<number, Connection>();
  readonly #byStream = new Map<number, Connection>();
  readonly #pings: NodeJS.Timeout;
  #nextRequest = 0;

  constructor(link: ByteLink) {
    this.#link = link;
    this.#pings = setInterval(() => link.ping(), PING_MS).unref();
  }

  /** Opens a connection to a port, under a number that was never used; false where upstream did not take it. */
  async open(id: number, port: number): Promise<boolean> {
    if (this.#session.isLeaving) return false;
    const requestId = String(this.#nextRequest++);
    const [error, data] = (['error', 'data'] as const).map((type) =>
      this.#session.open(portStreamHeaders({ type, port, requestId })),
    ) as [{ stream: number; bytes: Uint8Array }, { stream: number; bytes: Uint8Array }];
    const opened = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => opened.resolve(false), OPEN_TIMEOUT_MS);
    const connection: Connection = {
      id,
      data: data.stream,
      error: error.stream,
      opened,
      timer,
      accepted: 0,
      early: [],
    };
    this.#connections.set(id, connection);
    for (const stream of [data.stream, error.stream]) this.#byStream.set(stream, connection);
    await this.#write(Buffer.concat([error.bytes, data.bytes]));
    const isOpen = await opened.promise;
    clearTimeout(timer);
    if (!isOpen) await this.release(id);
    return isOpen;
  }

  async write(connection: number, data: Uint8Array): Promise<void> {
    const open = this.#connections.get(connection);
    if (open) await this.#write(this.#session.write(open.data, data));
  }

  /** Nothing more goes to the pod on the connection. */
  async end(connection: number): Promise<void> {
    const open = this.#connections.get(connection);
    if (open) await this.#write(this.#session.write(open.data, new Uint8Array(0), true));
  }

  async reset(connection: number, stream: PortStreamType): Promise<void> {
    const open = this.#connections.get(connection);
    if (open) await this.#write(this.#session.reset(open[stream], resetStatuses.cancel));
  }

  /** Gives up what is left of a connection. */
  async release(connection: number): Promise<void> {
    const open = this.#connections.get(connection);
    if (open === undefined) return;
    this.#connections.delete(connection);
    open.opened.resolve(false);
    for (const stream of [open.data, open.error]) {
      this.#byStream.delete(stream);
      await this.#write(this.#session.reset(stream, resetStatuses.cancel));
    }
  }

  /** What comes out, to the end of the connection. @throws KubeError, TunnelError */
  async *outputs(): AsyncGenerator<ForwardOutput> {
    const turns = new FrameTurns();
    for await (const event of turns.framesOf(this.#link.chunks(), (chunk) => this.#session.read(chunk))) {
      if (event.type === 'data' || event.type === 'reset') yield* this.#outputsOf(event);
      else if (event.type !== 'passed-over') yield* await this.#answer(event);
    }
    this.#session.end();
  }

  /** Says that nothing more comes; resolves when the connection is closed. */
  async leave(): Promise<void> {
    await this.#write(this.#session.goaway(goawayStatuses.ok));
    await this.#link.end();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#pings);
    for (const { timer, opened } of this.#connections.values()) {
      clearTimeout(timer);
      opened.resolve(false);
    }
  }

  /** What of it is an output: what came before the reply that it waited for. */
  async #answer(event: SpdyEvent): Promise<Iterable<ForwardOutput>> {
    if (event.type === 'opened') throw new KubeError('ERR_KUBE_SPDY', 'the server opens a stream');
    if (event.type === 'ping') await this.#write(this.#session.ping(event.id));
    return event.type === 'accepted' ? this.#accepted(event) : [];
  }

  async #accepted({ stream, fin }: Extract<SpdyEvent, { type: 'accepted' }>): Promise<Iterable<ForwardOutput>> {
    const connection = this.#byStream.get(stream);
    if (connection === undefined) return [];
    connection.accepted += 1;
    // Only the server writes errors.
    if (stream === connection.error) await this.#write(this.#session.write(stream, new Uint8Array(0), true));
    if (fin) connection.early.push({ type: 'data', stream, data: new Uint8Array(0), fin });
    if (connection.accepted < 2) return [];
    connection.opened.resolve(true);
    return connection.early.splice(0).flatMap((event) => [...this.#outputsOf(event)]);
  }

  /** A kubelet begins to work on a connection while it still replies to its streams. */
  #keepEarly(open: Connection, event: StreamEvent): void {
    if (event.type === 'reset') open.opened.resolve(false);
    else if (open.early.push(event) > MAX_EARLY)
      throw new KubeError('ERR_KUBE_SPDY', 'a connection goes on and has no reply');
  }

  *#outputsOf(event: StreamEvent): Generator<ForwardOutput> {
    const open = this.#byStream.get(event.stream);
    if (open === undefined) return;
    const place = { connection: open.id, stream: event.stream === open.data ? 'data' : 'error' } as const;
    if (open.accepted < 2) {
      this.#keepEarly(open, event);
      return;
    }
    if (event.type === 'reset') yield { ...place, type: 'reset' };
    else {
      if (event.data.length > 0) yield { ...place, type: 'data', data: event.data };
      if (event.fin) yield { ...place, type: 'end' };
    }
  }

  /** Upstream may be gone while there is still input for it: what comes out of it tells that. */
  async #write(bytes: Uint8Array | undefined): Promise<void> {
    if (bytes === undefined) return;
    try {
      await this.#link.write(bytes);
    } catch (error) {
      if (!(error instanceof CallerGone)) throw error;
    }
  }
}
