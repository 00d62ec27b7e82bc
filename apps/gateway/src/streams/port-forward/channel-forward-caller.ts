// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import {
  closeCodes,
  encodeClose,
  encodeFrame,
  encodePort,
  encodePortChannel,
  opcodes,
  PortChannelDecoder,
} from '@countersign/kube';
import { CallerGone } from '../../data/incoming.ts';
import { ended } from '../ended.ts';
import type { FrameTurns } from '../frame-turns.ts';
import { webSocketPieces } from '../web-socket-pieces.ts';
import { hasRoom, writeTo } from '../write-to.ts';
import type { ForwardCaller, ForwardInput, PortStreamType } from './forward-caller.ts';

/**
 * A caller that speaks the oldest protocol: plain WebSocket with a connection for each port of its query, all of them
 * open from the start, two channels each. Nothing can be half-closed: the end of a connection shows when all are over.
 */
export class ChannelForwardCaller implements ForwardCaller {
  readonly #connection: Duplex;
  readonly #ports: readonly number[];
  readonly #accepted = new Set<number>();
  readonly #turns: FrameTurns;

  constructor(connection: Duplex, ports: readonly number[], turns: FrameTurns) {
    this.#turns = turns;
    this.#connection = connection;
    this.#ports = ports;
  }

  get isHeld(): boolean {
    return this.#turns.isHeld;
  }

  stop(): void {
    this.#turns.stop();
  }

  async *inputs(): AsyncGenerator<ForwardInput> {
    for (const [connection, port] of this.#ports.entries()) yield { type: 'opened', connection, port };
    const channels = new PortChannelDecoder({ ports: this.#ports, side: 'client' });
    for await (const piece of webSocketPieces(this.#connection, 'client', () => undefined, this.#turns)) {
      const pieces = channels.push(piece);
      if (pieces.length === 0) this.#turns.beside();
      for (const { index, data } of pieces) yield { type: 'data', connection: index, data };
    }
  }

  async accept(connection: number): Promise<void> {
    if (this.#accepted.has(connection)) return;
    this.#accepted.add(connection);
    const port = encodePort(this.#ports[connection] ?? 0);
    for (const stream of ['data', 'error'] as const) await this.write(connection, stream, port);
  }

  async write(connection: number, stream: PortStreamType, data: Uint8Array): Promise<void> {
    await writeTo(this.#connection, encodePortChannel({ index: connection, type: stream }, data));
  }

  async end(): Promise<void> {}

  async reset(): Promise<void> {}

  forget(): void {}

  /** A pong that nobody asked for (RFC 6455 §5.5.3) is what clients take for the answer to their pings. */
  keepAlive(): void {
    if (hasRoom(this.#connection)) this.#connection.write(encodeFrame(opcodes.pong, []));
  }

  async finish(): Promise<void> {
    if (this.#connection.destroyed) throw new CallerGone();
    this.#connection.write(encodeClose(closeCodes.normal, ''));
    await ended(this.#connection);
  }
}
