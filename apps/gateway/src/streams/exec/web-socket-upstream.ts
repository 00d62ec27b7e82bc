// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import {
  type Channel,
  ChannelDecoder,
  encodeChannelClose,
  encodeFrame,
  encodeTerminalSize,
  opcodes,
  type StreamStatus,
  StreamStatusReader,
} from '@countersign/kube';
import { FrameTurns } from '../frame-turns.ts';
import { Masks } from '../masks.ts';
import { PING_MS } from '../upstream-timing.ts';
import { webSocketPieces } from '../web-socket-pieces.ts';
import { writeTo } from '../write-to.ts';
import { channelMessage } from './channel-message.ts';
import type { ExecInput } from './exec-caller.ts';
import type { ExecUpstream, UpstreamOutput } from './exec-upstream.ts';

function isOutput(event: { readonly channel: Channel; readonly data: Uint8Array }): event is UpstreamOutput {
  return event.channel === 'stdout' || event.channel === 'stderr';
}

/** The API server's end of a session: the channel protocol, version 5, over WebSocket. */
export class WebSocketUpstream implements ExecUpstream {
  readonly #connection: Duplex;
  readonly #masks = new Masks();
  readonly #pings: NodeJS.Timeout;
  readonly #status = new StreamStatusReader();

  constructor(connection: Duplex) {
    this.#connection = connection;
    this.#pings = setInterval(() => {
      const ready = !connection.destroyed && !connection.writableEnded && !connection.writableNeedDrain;
      if (ready) connection.write(encodeFrame(opcodes.ping, [], this.#masks.next()));
    }, PING_MS).unref();
  }

  async send(input: ExecInput): Promise<void> {
    await writeTo(this.#connection, ...this.#encoded(input));
  }

  async *outputs(): AsyncGenerator<UpstreamOutput> {
    const channels = new ChannelDecoder({ version: 5, side: 'server' });
    const turns = new FrameTurns();
    for await (const piece of webSocketPieces(this.#connection, 'server', () => this.#masks.next(), turns)) {
      for (const event of channels.push(piece)) {
        if (event.type !== 'data') continue;
        if (event.channel === 'error') this.#status.push(event.data);
        else if (isOutput(event)) yield event;
      }
    }
  }

  status(): StreamStatus | undefined {
    return this.#status.end();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#pings);
    this.#connection.destroy();
  }

  #encoded(input: ExecInput): readonly Uint8Array[] {
    const mask = this.#masks.next();
    switch (input.type) {
      case 'stdin':
        return channelMessage('stdin', input.data, mask);
      case 'stdin-end':
        return [encodeChannelClose('stdin', mask)];
      case 'resize':
        return channelMessage('resize', encodeTerminalSize(input.size), mask);
    }
  }
}
