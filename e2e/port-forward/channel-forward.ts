// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import { openWebSocket, type WebSocketOptions } from '../exec/open-web-socket.ts';
import { eventually } from '../installation/eventually.ts';
import { encodeChannelFrame, readChannelFrames } from '../websocket-frames.ts';

/**
 * A port-forward in the oldest protocol, as older Python clients speak it: two channels for each port of the query, data
 * and errors, each of which begins with its port.
 */
export class ChannelForward {
  readonly id: string;
  readonly #connection: Duplex;
  readonly #channels = new Map<number, Buffer[]>();
  /** Resolves at the server's close, or when the connection is gone. */
  readonly ended: Promise<void>;

  private constructor(connection: Duplex, id: string) {
    this.#connection = connection;
    this.id = id;
    connection.on('error', () => {});
    this.ended = this.#read().catch(() => {});
  }

  static async open(options: Omit<WebSocketOptions, 'protocol'>): Promise<ChannelForward> {
    const { connection, id } = await openWebSocket({ ...options, protocol: 'v4.channel.k8s.io' });
    return new ChannelForward(connection, id);
  }

  /** Sends bytes to the port of this place in the query. */
  write(index: number, data: Buffer): void {
    this.#connection.write(encodeChannelFrame(2 * index, data));
  }

  /** What came on a channel so far, its port included. */
  received(channel: number): Buffer {
    return Buffer.concat(this.#channels.get(channel) ?? []);
  }

  /** Resolves with what came on a channel as soon as that is as many bytes. */
  async take(channel: number, bytes: number): Promise<Buffer> {
    await eventually(`${bytes} bytes on channel ${channel}`, () => this.received(channel).length >= bytes);
    return this.received(channel);
  }

  destroy(): void {
    this.#connection.destroy();
  }

  async #read(): Promise<void> {
    for await (const { channel, data } of readChannelFrames(this.#connection)) {
      const known = this.#channels.get(channel) ?? [];
      this.#channels.set(channel, [...known, data]);
    }
  }
}
