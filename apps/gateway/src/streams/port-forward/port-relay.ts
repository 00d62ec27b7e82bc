// SPDX-License-Identifier: Apache-2.0
import type { StreamFrame } from '@countersign/recording';
import { CallerGone } from '../../data/incoming.ts';
import type { Masked } from '../../exchange.ts';
import { Fault } from '../../faults.ts';
import type { PortTraffic } from '../../records/port-records.ts';
import { CONTROL_BYTES } from '../frame-turns.ts';
import { ownBytes } from '../own-bytes.ts';
import { RecordedWay, type WayRecording } from '../recorded-way.ts';
import { blaming } from '../session.ts';
import { UnreadCaller } from '../unread-caller.ts';
import type { ForwardCaller, ForwardInput, PortStreamType } from './forward-caller.ts';
import type { PortGate } from './port-gate.ts';
import type { ForwardOutput, SpdyForwardUpstream } from './spdy-forward-upstream.ts';

/** At once, in one port-forward. */
const MAX_CONNECTIONS = 1_024;

export interface PortRelayParts {
  readonly exchange: Pick<Masked, 'abort' | 'allowance'>;
  readonly caller: ForwardCaller;
  readonly upstream: SpdyForwardUpstream;
  readonly gate: Pick<PortGate, 'admit'>;
  readonly recording: WayRecording;
  /** Whether what the caller sends is recorded; what connections there are always is. */
  readonly recordsUp: boolean;
  /** Whether it is over when its last connection is: the oldest protocol opens no others. */
  readonly endsWithConnections: boolean;
  /** What a caller is told of a fault. */
  readonly sentenceOf: (fault: Fault) => string;
}

interface Connection {
  /** Its number, at both ends. */
  readonly id: number;
  readonly port: number;
  /** In the order in which they were opened; what its recording calls it. */
  number: number;
  /** Settled once it is open upstream and accepted, or refused. */
  ready: Promise<void>;
  isOpen: boolean;
  isOver: boolean;
  /** Streams on which nothing more comes down. */
  readonly ended: Set<PortStreamType>;
}

/**
 * Carries the connections of one port-forward between its two sides, each frame once it is recorded. Beyond what waits for
 * the disk nothing is queued: each side is read no further than the other takes it, so that it waits for its slowest
 * connection, as it does between a kubectl and a kubelet.
 */
export class PortRelay implements Disposable {
  readonly #parts: PortRelayParts;
  readonly #connections = new Map<number, Connection>();
  readonly #traffic = new Map<number, { connections: number; bytesUp: number; bytesDown: number }>();
  readonly #done = Promise.withResolvers<void>();
  readonly #up: RecordedWay;
  readonly #down: RecordedWay;
  readonly #over = new AbortController();
  /** Aborted when nobody is to wait for the agent's bytes any more. */
  readonly #ends: AbortSignal;
  #opened = 0;
  #isOver = false;

  constructor(parts: PortRelayParts) {
    this.#parts = parts;
    this.#ends = AbortSignal.any([parts.exchange.abort.signal, this.#over.signal]);
    const onFailure = (error: unknown) => this.#fail(error);
    this.#up = new RecordedWay(parts.recording, onFailure);
    this.#down = new RecordedWay(parts.recording, onFailure);
    this.#done.promise.catch(() => {});
  }

  /** What has flowed so far, lowest port first: which of several is open first is chance. */
  get traffic(): readonly PortTraffic[] {
    const ports = [...this.#traffic].sort(([one], [other]) => one - other);
    return ports.map(([port, traffic]) => ({ port, ...traffic }));
  }

  /**
   * Resolves when the caller has left, or nothing is left to carry; rejects as soon as either side or the recording fails,
   * or the exchange is ended.
   */
  async run(): Promise<void> {
    const { signal } = this.#parts.exchange.abort;
    const onAbort = () => this.#done.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    using unread = new UnreadCaller(this.#parts.caller);
    const up = this.#relayUp(unread);
    const down = this.#relayDown();
    // The one that loses the race fails when its connection is closed.
    for (const each of [up, down]) each.catch(() => {});
    try {
      await Promise.race([up, down, this.#done.promise]);
    } finally {
      this.#isOver = true;
      this.#stopWaiting();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** From now on nothing is passed on. */
  [Symbol.dispose](): void {
    this.#stopWaiting();
    this.#up.stop();
    this.#down.stop();
  }

  /** Says on each connection why it ends; false where there is none. */
  async tell(fault: Fault): Promise<boolean> {
    const connections = [...this.#connections.values()];
    await Promise.all(connections.map((connection) => this.#say(connection, fault)));
    return connections.length > 0;
  }

  /** Ends the connections to a port, each with the reason on its error stream. */
  closePort(port: number, fault: Fault): void {
    for (const connection of [...this.#connections.values()]) {
      if (connection.port === port) this.#end(connection, fault).catch((error: unknown) => this.#fail(error));
    }
  }

  async #relayUp(unread: UnreadCaller): Promise<void> {
    try {
      for await (const input of this.#parts.caller.inputs()) {
        unread.isUnread = true;
        if (input.type !== 'opened') await this.#takeUp(input);
        else {
          await this.#hasAllowance(CONTROL_BYTES);
          this.#open(input);
        }
        unread.isUnread = false;
      }
      await this.#up.flush();
    } catch (error) {
      throw blaming('ERR_STREAM_MALFORMED', error);
    }
  }

  #open({ connection: id, port }: Extract<ForwardInput, { type: 'opened' }>): void {
    const isFull = this.#connections.size >= MAX_CONNECTIONS;
    const ready = Promise.resolve();
    const connection: Connection = { id, port, number: 0, ready, isOpen: false, isOver: false, ended: new Set() };
    this.#connections.set(id, connection);
    connection.ready = this.#connect(connection, isFull).catch((error: unknown) => this.#fail(error));
  }

  async #connect(connection: Connection, isFull: boolean): Promise<void> {
    const { caller, gate, upstream, recording } = this.#parts;
    const { id, port } = connection;
    // A caller is heard out when it is told the end. Behind that no port is decided, so none is on record.
    if (this.#isOver) return;
    const fault = isFull ? new Fault('ERR_LIMIT_CONNECTIONS', String(MAX_CONNECTIONS)) : await gate.admit(port);
    if (fault) return this.#end(connection, fault);
    if (connection.isOver) return;
    const isTaken = await upstream.open(id, port);
    if (!isTaken) return this.#end(connection, new Fault('ERR_PORT_NOT_TAKEN', String(port)));
    if (connection.isOver) return upstream.release(id);
    connection.isOpen = true;
    connection.number = ++this.#opened;
    this.#trafficOf(port).connections += 1;
    await recording.write({ channel: 'port-open', connection: connection.number, port });
    await caller.accept(id);
  }

  async #takeUp(input: Exclude<ForwardInput, { type: 'opened' }>): Promise<void> {
    await this.#hasAllowance(Math.max(input.type === 'data' ? input.data.length : 0, CONTROL_BYTES));
    const connection = this.#connections.get(input.connection);
    await connection?.ready;
    if (connection === undefined || !connection.isOpen || connection.isOver) return;
    const { number } = connection;
    if (input.type === 'data') {
      const data = ownBytes(input.data);
      const frame: StreamFrame = { channel: 'port-up', connection: number, bytes: data };
      const recorded = this.#parts.recordsUp ? frame : undefined;
      await this.#up.pass(data.length, recorded, () => this.#passUp(connection, { ...input, data }));
    } else {
      const isDataEnd = input.type === 'end' || input.stream === 'data';
      const frame = isDataEnd ? ({ channel: 'port-up-end', connection: number } as const) : undefined;
      await this.#up.pass(0, frame, () => this.#passUp(connection, input));
    }
  }

  async #passUp(connection: Connection, input: Exclude<ForwardInput, { type: 'opened' }>): Promise<void> {
    if (connection.isOver) return;
    const { upstream } = this.#parts;
    switch (input.type) {
      case 'data':
        this.#trafficOf(connection.port).bytesUp += input.data.length;
        return upstream.write(connection.id, input.data);
      case 'end':
        return upstream.end(connection.id);
      case 'reset':
        await upstream.reset(connection.id, input.stream);
        return this.#ended(connection, input.stream);
    }
  }

  async #relayDown(): Promise<void> {
    try {
      for await (const output of this.#parts.upstream.outputs()) await this.#takeDown(output);
      await this.#down.flush();
    } catch (error) {
      throw blaming('ERR_ANSWER_MALFORMED', error);
    }
    throw new Fault('ERR_UPSTREAM_LOST');
  }

  async #takeDown(output: ForwardOutput): Promise<void> {
    const connection = this.#connections.get(output.connection);
    await connection?.ready;
    if (connection === undefined || connection.isOver) return;
    const { number } = connection;
    const release = () => this.#passDown(connection, output);
    if (output.type === 'data') {
      await this.#hasAllowance(output.data.length);
      const channel = output.stream === 'data' ? 'port-down' : 'port-error';
      await this.#down.pass(output.data.length, { channel, connection: number, bytes: output.data }, release);
    } else {
      const frame = output.stream === 'data' ? ({ channel: 'port-down-end', connection: number } as const) : undefined;
      await this.#down.pass(0, frame, release);
    }
  }

  async #passDown(connection: Connection, output: ForwardOutput): Promise<void> {
    if (connection.isOver) return;
    const { caller } = this.#parts;
    try {
      if (output.type === 'data') {
        if (output.stream === 'data') this.#trafficOf(connection.port).bytesDown += output.data.length;
        await caller.write(connection.id, output.stream, output.data);
        return;
      }
      await caller[output.type](connection.id, output.stream);
    } catch (error) {
      // That the caller has left shows in what is read of it.
      if (!(error instanceof CallerGone)) throw blaming('ERR_STREAM_MALFORMED', error);
    }
    await this.#ended(connection, output.stream);
  }

  async #ended(connection: Connection, stream: PortStreamType): Promise<void> {
    connection.ended.add(stream);
    if (connection.ended.size < 2) return;
    this.#forget(connection);
    await this.#parts.upstream.release(connection.id);
  }

  /** Ends a connection, wherever it has come, with a sentence that is on record before it is said. */
  async #end(connection: Connection, fault: Fault): Promise<void> {
    if (connection.isOver) return;
    connection.isOver = true;
    const { upstream, recording, sentenceOf } = this.#parts;
    const notice = Buffer.from(`port ${connection.port}: ${sentenceOf(fault)}\n`);
    await Promise.all([upstream.release(connection.id), recording.write({ channel: 'notice', bytes: notice })]);
    await this.#say(connection, fault);
  }

  /** On its error stream: so the kubelet says what went wrong. */
  async #say(connection: Connection, fault: Fault): Promise<void> {
    const { caller, sentenceOf } = this.#parts;
    const { id } = connection;
    connection.isOver = true;
    await caller.accept(id);
    await caller.write(id, 'error', Buffer.from(sentenceOf(fault)));
    for (const stream of ['data', 'error'] as const) await caller.end(id, stream);
    this.#forget(connection);
  }

  #forget(connection: Connection): void {
    connection.isOver = true;
    this.#connections.delete(connection.id);
    this.#parts.caller.forget(connection.id);
    if (this.#parts.endsWithConnections && this.#connections.size === 0) this.#done.resolve();
  }

  /** That the caller has left shows in what is read of it. */
  #fail(error: unknown): void {
    if (!(error instanceof CallerGone)) this.#done.reject(error);
  }

  #trafficOf(port: number): { connections: number; bytesUp: number; bytesDown: number } {
    const traffic = this.#traffic.get(port) ?? { connections: 0, bytesUp: 0, bytesDown: 0 };
    this.#traffic.set(port, traffic);
    return traffic;
  }

  async #hasAllowance(bytes: number): Promise<void> {
    const { allowance } = this.#parts.exchange;
    allowance.spend(bytes);
    await allowance.hasBytes(this.#ends);
  }

  /** Of what still comes nothing is taken where the agent has no bytes left. */
  #stopWaiting(): void {
    this.#over.abort(new CallerGone());
    this.#parts.caller.stop();
  }
}
