// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import {
  type Channel,
  channelStreamHeaders,
  encodeTerminalSize,
  KubeError,
  type PassedOver,
  type SpdyEvent,
  SpdySession,
  type StreamStatus,
  StreamStatusReader,
} from '@countersign/kube';
import { CallerGone } from '../../data/incoming.ts';
import { Fault } from '../../faults.ts';
import { chunksOf } from '../chunks-of.ts';
import { FrameTurns } from '../frame-turns.ts';
import { inflate } from '../inflate.ts';
import { OPEN_TIMEOUT_MS, PING_MS } from '../upstream-timing.ts';
import { writeTo } from '../write-to.ts';
import type { ExecInput, SessionStreams } from './exec-caller.ts';
import type { ExecUpstream, UpstreamOutput } from './exec-upstream.ts';

const MAX_STREAMS = 8;

const noBytes = new Uint8Array(0);

/** The API server's end of a session where it speaks SPDY/3.1 alone: a stream for each channel, `v4.channel.k8s.io`. */
export class SpdyUpstream implements ExecUpstream {
  readonly #connection: Duplex;
  readonly #session = new SpdySession({ role: 'client', inflate, limits: { maxStreams: MAX_STREAMS } });
  readonly #streams = new Map<Channel, number>();
  readonly #channels = new Map<number, Channel>();
  /** Channels on which something may still come. */
  readonly #open = new Set<Channel>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #status = new StreamStatusReader();
  readonly #timer: NodeJS.Timeout;
  readonly #pings: NodeJS.Timeout;
  #accepted = 0;
  #nextPing = 1;

  constructor(connection: Duplex, streams: SessionStreams) {
    this.#connection = connection;
    this.#ready.promise.catch(() => {});
    this.#timer = setTimeout(() => this.#ready.reject(new Fault('ERR_UPSTREAM_TIMEOUT')), OPEN_TIMEOUT_MS).unref();
    connection.once('close', () => this.#ready.reject(new CallerGone()));
    for (const channel of channelsOf(streams)) {
      const { stream, bytes } = this.#session.open(channelStreamHeaders(channel));
      this.#streams.set(channel, stream);
      this.#channels.set(stream, channel);
      if (channel !== 'stdin' && channel !== 'resize') this.#open.add(channel);
      connection.write(bytes);
    }
    this.#pings = setInterval(() => this.#ping(), PING_MS).unref();
  }

  async send(input: ExecInput): Promise<void> {
    await this.#ready.promise;
    const bytes = this.#encoded(input);
    if (bytes !== undefined) await writeTo(this.#connection, bytes);
  }

  async *outputs(): AsyncGenerator<UpstreamOutput> {
    const turns = new FrameTurns();
    const read = (chunk: Uint8Array) => this.#session.read(chunk);
    for await (const event of turns.framesOf(chunksOf(this.#connection), read)) {
      if (event.type === 'data') yield* this.#outputsOf(event);
      else if (event.type === 'ping') await writeTo(this.#connection, this.#session.ping(event.id));
      else this.#take(event);
      if (this.#open.size === 0) return;
    }
    this.#session.end();
  }

  status(): StreamStatus | undefined {
    return this.#status.end();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#pings);
    clearTimeout(this.#timer);
    this.#connection.destroy();
  }

  #take(event: SpdyEvent | PassedOver): void {
    if (event.type === 'opened') throw new KubeError('ERR_KUBE_SPDY', 'the server opens a stream');
    if (event.type === 'accepted' && ++this.#accepted === this.#streams.size) {
      clearTimeout(this.#timer);
      this.#ready.resolve();
    }
    if (event.type === 'reset') this.#ended(event.stream);
  }

  *#outputsOf({ stream, data, fin }: Extract<SpdyEvent, { type: 'data' }>): Generator<UpstreamOutput> {
    const channel = this.#channels.get(stream);
    if (channel === 'error') this.#status.push(data);
    else if ((channel === 'stdout' || channel === 'stderr') && data.length > 0) yield { channel, data };
    if (fin) this.#ended(stream);
  }

  #ended(stream: number): void {
    const channel = this.#channels.get(stream);
    if (channel !== undefined) this.#open.delete(channel);
  }

  /** Undefined where the container takes no more of it. */
  #encoded(input: ExecInput): Uint8Array | undefined {
    const stream = this.#streams.get(input.type === 'resize' ? 'resize' : 'stdin') ?? 0;
    switch (input.type) {
      case 'stdin':
        return this.#session.write(stream, input.data);
      case 'stdin-end':
        return this.#session.write(stream, noBytes, true);
      case 'resize':
        return this.#session.write(stream, encodeTerminalSize(input.size));
    }
  }

  #ping(): void {
    const { destroyed, writableEnded, writableNeedDrain } = this.#connection;
    if (destroyed || writableEnded || writableNeedDrain) return;
    this.#connection.write(this.#session.ping(this.#nextPing));
    this.#nextPing += 2;
  }
}

/** In the order in which clients open them. */
function channelsOf({ stdin, stdout, stderr, tty }: SessionStreams): readonly Channel[] {
  const asked: readonly (readonly [Channel, boolean])[] = [
    ['error', true],
    ['stdin', stdin],
    ['stdout', stdout],
    ['stderr', stderr],
    ['resize', tty],
  ];
  return asked.flatMap(([channel, isAsked]) => (isAsked ? [channel] : []));
}
