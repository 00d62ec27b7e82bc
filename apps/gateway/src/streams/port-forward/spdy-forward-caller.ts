// SPDX-License-Identifier: Apache-2.0
import {
  goawayStatuses,
  KubeError,
  type PassedOver,
  PortPairs,
  parsePortStream,
  resetStatuses,
  type SpdyEvent,
  SpdySession,
} from '@countersign/kube';
import type { FrameTurns } from '../frame-turns.ts';
import { inflate } from '../inflate.ts';
import type { ByteLink } from './byte-link.ts';
import type { ForwardCaller, ForwardInput, PortStreamType } from './forward-caller.ts';

/** What the kubelet gives a client, too. */
const PAIR_TIMEOUT_MS = 30_000;
/** Two for each connection, and those of connections that are over but not closed yet. */
const MAX_STREAMS = 4_096;

type Opened = Extract<SpdyEvent, { type: 'opened' }>;

/** A caller that speaks SPDY/3.1: two streams for each connection, whose number is that of its data stream. */
export class SpdyForwardCaller implements ForwardCaller {
  readonly #link: ByteLink;
  readonly #session = new SpdySession({ role: 'server', inflate, limits: { maxStreams: MAX_STREAMS } });
  readonly #pairs = new PortPairs();
  /** Of streams that wait for their other half. */
  readonly #timers = new Map<number, NodeJS.Timeout>();
  /** Those of them on which the caller writes no more. */
  readonly #ended = new Set<number>();
  /** The error stream of each connection. */
  readonly #errorOf = new Map<number, number>();
  readonly #connectionOf = new Map<number, number>();
  /** The stream that completed a pair: it is accepted with the connection. */
  readonly #waiting = new Map<number, number>();
  readonly #turns: FrameTurns;
  #pings = 0;

  constructor(link: ByteLink, turns: FrameTurns) {
    this.#turns = turns;
    this.#link = link;
  }

  get isHeld(): boolean {
    return this.#turns.isHeld;
  }

  stop(): void {
    this.#turns.stop();
  }

  async *inputs(): AsyncGenerator<ForwardInput> {
    try {
      const read = (chunk: Uint8Array) => this.#session.read(chunk);
      for await (const event of this.#turns.framesOf(this.#link.chunks(), read)) {
        if (event.type === 'goaway') return;
        const inputs = await this.#inputsOf(event);
        yield* inputs;
        if (inputs.length === 0) this.#turns.beside(event.type === 'passed-over' ? event.bytes : 0);
      }
      this.#session.end();
    } finally {
      for (const timer of this.#timers.values()) clearTimeout(timer);
    }
  }

  async accept(connection: number): Promise<void> {
    const stream = this.#waiting.get(connection);
    this.#waiting.delete(connection);
    if (stream !== undefined && this.#session.isOpen(stream)) await this.#link.write(this.#session.accept(stream));
  }

  async write(connection: number, stream: PortStreamType, data: Uint8Array): Promise<void> {
    await this.#send(this.#session.write(this.#streamOf(connection, stream), data));
  }

  async end(connection: number, stream: PortStreamType): Promise<void> {
    await this.#send(this.#session.write(this.#streamOf(connection, stream), new Uint8Array(0), true));
  }

  async reset(connection: number, stream: PortStreamType): Promise<void> {
    await this.#send(this.#session.reset(this.#streamOf(connection, stream), resetStatuses.cancel));
  }

  forget(connection: number): void {
    this.#connectionOf.delete(this.#errorOf.get(connection) ?? -1);
    this.#errorOf.delete(connection);
    this.#waiting.delete(connection);
  }

  /** A server's pings have even numbers. */
  keepAlive(): void {
    if (!this.#link.hasRoom) return;
    this.#pings += 2;
    this.#send(this.#session.ping(this.#pings)).catch(() => {
      // The caller is gone: that its connection is closed tells that.
    });
  }

  async finish(): Promise<void> {
    await this.#link.write(this.#session.goaway(goawayStatuses.ok));
    await this.#link.end();
  }

  async #inputsOf(event: SpdyEvent | PassedOver): Promise<readonly ForwardInput[]> {
    switch (event.type) {
      case 'opened':
        return this.#opened(event);
      case 'data':
        return this.#inputsIn(event);
      case 'reset':
        return this.#reset(event.stream);
      case 'ping':
        await this.#link.write(this.#session.ping(event.id));
        return [];
      default:
        return [];
    }
  }

  async #opened({ stream, headers, fin }: Opened): Promise<readonly ForwardInput[]> {
    const half = parsePortStream(headers);
    const pair = this.#pairs.add(stream, half);
    if (pair === undefined) {
      if (fin) this.#ended.add(stream);
      // Clients open the second one only when the first is accepted.
      this.#timers.set(
        stream,
        setTimeout(() => void this.#giveUp(stream), PAIR_TIMEOUT_MS),
      );
      await this.#link.write(this.#session.accept(stream));
      return [];
    }
    const first = stream === pair.data ? pair.error : pair.data;
    const isEnded = pair.data === stream ? fin : this.#ended.has(first);
    this.#stopWaiting(first);
    this.#errorOf.set(pair.data, pair.error);
    this.#connectionOf.set(pair.error, pair.data);
    this.#waiting.set(pair.data, stream);
    const opened: ForwardInput = { type: 'opened', connection: pair.data, port: pair.port };
    return isEnded ? [opened, { type: 'end', connection: pair.data }] : [opened];
  }

  #inputsIn({ stream, data, fin }: Extract<SpdyEvent, { type: 'data' }>): readonly ForwardInput[] {
    if (this.#errorOf.has(stream)) {
      const input: ForwardInput[] = data.length > 0 ? [{ type: 'data', connection: stream, data }] : [];
      return fin ? [...input, { type: 'end', connection: stream }] : input;
    }
    // Only the server writes errors; and nothing comes before there is anything to send it to.
    const isWaiting = this.#timers.has(stream);
    const isEarly = data.length > 0 && (this.#connectionOf.has(stream) || isWaiting);
    if (isEarly) throw new KubeError('ERR_KUBE_CHANNEL', 'a stream is written on that takes nothing');
    if (fin && isWaiting) this.#ended.add(stream);
    return [];
  }

  #reset(stream: number): readonly ForwardInput[] {
    if (this.#timers.has(stream)) {
      this.#stopWaiting(stream);
      this.#pairs.remove(stream);
      return [];
    }
    const connection = this.#connectionOf.get(stream);
    if (connection !== undefined) return [{ type: 'reset', connection, stream: 'error' }];
    return this.#errorOf.has(stream) ? [{ type: 'reset', connection: stream, stream: 'data' }] : [];
  }

  #stopWaiting(stream: number): void {
    clearTimeout(this.#timers.get(stream));
    this.#timers.delete(stream);
    this.#ended.delete(stream);
  }

  async #giveUp(stream: number): Promise<void> {
    this.#stopWaiting(stream);
    this.#pairs.remove(stream);
    await this.#send(this.#session.reset(stream, resetStatuses.cancel)).catch(() => {
      // The caller is gone: reading tells that.
    });
  }

  #streamOf(connection: number, stream: PortStreamType): number {
    return stream === 'data' ? connection : (this.#errorOf.get(connection) ?? 0);
  }

  async #send(bytes: Uint8Array | undefined): Promise<void> {
    if (bytes !== undefined) await this.#link.write(bytes);
  }
}
