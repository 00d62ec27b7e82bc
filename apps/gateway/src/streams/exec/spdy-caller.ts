// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import {
  type Channel,
  channelOfStream,
  encodeStreamStatus,
  goawayStatuses,
  KubeError,
  type PassedOver,
  type SpdyEvent,
  type SpdyHeaders,
  SpdySession,
  type StreamStatus,
  TerminalSizeDecoder,
} from '@countersign/kube';
import { CallerGone } from '../../data/incoming.ts';
import { chunksOf } from '../chunks-of.ts';
import { ended } from '../ended.ts';
import type { FrameTurns } from '../frame-turns.ts';
import { inflate } from '../inflate.ts';
import { hasRoom, writeTo } from '../write-to.ts';
import { type ExecCaller, type ExecInput, type ExecOutput, type SessionStreams, sizesIn } from './exec-caller.ts';

/** What the API server gives a client, too. */
const STREAMS_TIMEOUT_MS = 30_000;
/** One for each channel; a stream that is over may be told of once more. */
const MAX_STREAMS = 8;

/** A caller that speaks SPDY/3.1: it opens a stream for each channel after the switch. */
export class SpdyCaller implements ExecCaller {
  readonly #connection: Duplex;
  readonly #streams: SessionStreams;
  readonly #session = new SpdySession({ role: 'server', inflate, limits: { maxStreams: MAX_STREAMS } });
  readonly #byChannel = new Map<Channel, number>();
  readonly #sizes = new TerminalSizeDecoder();
  /** Resolves when all streams are there that something is written to. */
  readonly #ready = Promise.withResolvers<void>();
  readonly #timer: NodeJS.Timeout;
  readonly #turns: FrameTurns;
  #pings = 0;

  constructor(connection: Duplex, streams: SessionStreams, turns: FrameTurns) {
    this.#turns = turns;
    this.#connection = connection;
    this.#streams = streams;
    const late = new KubeError('ERR_KUBE_STREAM_HEADERS', 'its streams were not opened within 30 s');
    this.#ready.promise.catch(() => {});
    this.#timer = setTimeout(() => this.#ready.reject(late), STREAMS_TIMEOUT_MS).unref();
    connection.once('close', () => this.#ready.reject(new CallerGone()));
  }

  get isHeld(): boolean {
    return this.#turns.isHeld;
  }

  stop(): void {
    this.#turns.stop();
  }

  async *inputs(): AsyncGenerator<ExecInput> {
    const read = (chunk: Uint8Array) => this.#session.read(chunk);
    for await (const event of this.#turns.framesOf(chunksOf(this.#connection), read)) {
      // It gives the whole of it up: no client of Kubernetes resets one stream and goes on with the others.
      if (event.type === 'goaway' || event.type === 'reset') return;
      if (event.type === 'ping') await writeTo(this.#connection, this.#session.ping(event.id));
      yield* this.#turns.inputsIn(this.#inputsOf(event), event.type === 'passed-over' ? event.bytes : 0);
    }
  }

  #inputsOf(event: SpdyEvent | PassedOver): Iterable<ExecInput> {
    if (event.type === 'opened') return this.#opened(event);
    return event.type === 'data' ? this.#inputsIn(event) : [];
  }

  async output(channel: ExecOutput, data: Uint8Array): Promise<void> {
    await this.#ready.promise;
    // Only the WebSocket protocol says by an empty message that it stands.
    if (data.length > 0) await this.#write(channel, data, false);
  }

  /** A server's pings have even numbers. */
  keepAlive(): void {
    if (!hasRoom(this.#connection)) return;
    this.#pings += 2;
    this.#connection.write(this.#session.ping(this.#pings));
  }

  async finish(status: StreamStatus): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#connection.destroyed) throw new CallerGone();
    if (this.#byChannel.has('error'))
      void this.#connection.write(this.#framed('error', encodeStreamStatus(status), true));
    for (const channel of this.#byChannel.keys()) {
      if (channel !== 'error') this.#connection.write(this.#framed(channel, new Uint8Array(0), true));
    }
    this.#connection.write(this.#session.goaway(goawayStatuses.ok));
    await ended(this.#connection);
  }

  async #write(channel: Channel, data: Uint8Array, fin: boolean): Promise<void> {
    await writeTo(this.#connection, this.#framed(channel, data, fin));
  }

  /** Nothing where the caller has given up the stream. */
  #framed(channel: Channel, data: Uint8Array, fin: boolean): Uint8Array {
    const stream = this.#byChannel.get(channel);
    return (stream !== undefined && this.#session.write(stream, data, fin)) || new Uint8Array(0);
  }

  *#opened({ stream, headers, fin }: { stream: number; headers: SpdyHeaders; fin: boolean }): Generator<ExecInput> {
    const channel = channelOfStream(headers);
    if (this.#byChannel.has(channel) || !this.#expected().includes(channel))
      throw new KubeError('ERR_KUBE_STREAM_HEADERS', 'a stream is opened twice, or was not asked for');
    this.#byChannel.set(channel, stream);
    this.#connection.write(this.#session.accept(stream));
    if (this.#expected().every((each) => each === 'stdin' || each === 'resize' || this.#byChannel.has(each))) {
      clearTimeout(this.#timer);
      this.#ready.resolve();
    }
    if (fin && channel === 'stdin') yield { type: 'stdin-end' };
  }

  #expected(): Channel[] {
    const { stdin, stdout, stderr, tty } = this.#streams;
    return [
      'error',
      ...(stdin ? (['stdin'] as const) : []),
      ...(stdout ? (['stdout'] as const) : []),
      ...(stderr ? (['stderr'] as const) : []),
      ...(tty ? (['resize'] as const) : []),
    ];
  }

  *#inputsIn({ stream, data, fin }: Extract<SpdyEvent, { type: 'data' }>): Generator<ExecInput> {
    if (stream === this.#byChannel.get('stdin')) {
      if (data.length > 0) yield { type: 'stdin', data };
      if (fin) yield { type: 'stdin-end' };
    } else if (stream === this.#byChannel.get('resize')) {
      for (const size of sizesIn(this.#sizes, data)) yield { type: 'resize', size };
    } else if (data.length > 0) {
      throw new KubeError('ERR_KUBE_CHANNEL', 'a stream is written on that only the server writes');
    }
  }
}
