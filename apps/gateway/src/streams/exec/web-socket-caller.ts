// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ChannelDecoder,
  type ChannelEvent,
  closeCodes,
  encodeChannelData,
  encodeClose,
  encodeFrame,
  encodeStreamStatus,
  KubeError,
  opcodes,
  type StreamStatus,
  TerminalSizeDecoder,
} from '@countersign/kube';
import { CallerGone } from '../../data/incoming.ts';
import { ended } from '../ended.ts';
import type { FrameTurns } from '../frame-turns.ts';
import { webSocketPieces } from '../web-socket-pieces.ts';
import { hasRoom, writeTo } from '../write-to.ts';
import { channelMessage } from './channel-message.ts';
import { type ExecCaller, type ExecInput, type ExecOutput, type SessionStreams, sizesIn } from './exec-caller.ts';

/** A caller that speaks the channel protocol over WebSocket: version 5, or version 4, which can't end its stdin. */
export class WebSocketCaller implements ExecCaller {
  readonly #connection: Duplex;
  readonly #streams: SessionStreams;
  readonly #channels: ChannelDecoder;
  readonly #sizes = new TerminalSizeDecoder();
  readonly #mayBeTold: Promise<unknown>;

  readonly #turns: FrameTurns;

  /** @param holdMs - how long from now on it is told nothing */
  constructor(connection: Duplex, version: 4 | 5, streams: SessionStreams, holdMs: number, turns: FrameTurns) {
    this.#turns = turns;
    this.#connection = connection;
    this.#streams = streams;
    this.#channels = new ChannelDecoder({ version, side: 'client' });
    this.#mayBeTold = holdMs > 0 ? delay(holdMs, undefined, { ref: false }) : Promise.resolve();
  }

  get isHeld(): boolean {
    return this.#turns.isHeld;
  }

  stop(): void {
    this.#turns.stop();
  }

  async *inputs(): AsyncGenerator<ExecInput> {
    for await (const piece of webSocketPieces(this.#connection, 'client', () => undefined, this.#turns)) {
      const events = this.#channels.push(piece);
      if (events.length === 0) this.#turns.beside();
      for (const event of events) {
        yield* this.#turns.inputsIn(this.#inputsIn(event), 'data' in event ? event.data.length : 0);
      }
    }
  }

  async output(channel: ExecOutput, data: Uint8Array): Promise<void> {
    await this.#mayBeTold;
    await writeTo(this.#connection, ...channelMessage(channel, data));
  }

  /** A pong that nobody asked for (RFC 6455 §5.5.3) is what clients take for the answer to their pings. */
  keepAlive(): void {
    if (hasRoom(this.#connection)) this.#connection.write(encodeFrame(opcodes.pong, []));
  }

  async finish(status: StreamStatus): Promise<void> {
    await this.#mayBeTold;
    if (this.#connection.destroyed) throw new CallerGone();
    this.#connection.write(encodeChannelData('error', encodeStreamStatus(status)));
    this.#connection.write(encodeClose(closeCodes.normal, ''));
    await ended(this.#connection);
  }

  *#inputsIn(event: ChannelEvent): Generator<ExecInput> {
    if (event.channel === 'resize') {
      // Without a terminal there is nothing to resize, and nobody reads it upstream.
      if (event.type === 'close' || !this.#streams.tty) return;
      for (const size of sizesIn(this.#sizes, event.data)) yield { type: 'resize', size };
    } else if (!this.#streams.stdin) {
      throw new KubeError('ERR_KUBE_CHANNEL', 'stdin was not asked for');
    } else if (event.type === 'close') {
      yield { type: 'stdin-end' };
    } else if (event.data.length > 0) {
      yield { type: 'stdin', data: event.data };
    }
  }
}
