// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import { encodeChannelFrame, readChannelFrames } from '../websocket-frames.ts';
import { openWebSocket, type WebSocketOptions } from './open-web-socket.ts';

const STDIN = 0;
const RESIZE = 4;

/** What came of a session. */
export interface SessionEnd {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: a Status of the API
  readonly status: any;
}

/** A caller of its own making, which speaks the channel protocol frame by frame. */
export class ExecSocket {
  readonly id: string;
  readonly #connection: Duplex;
  readonly #channels = [0, 1, 2, 3].map(() => [] as Buffer[]);
  /** Resolves at the server's close, with all that came before it. */
  readonly end: Promise<SessionEnd>;

  constructor(connection: Duplex, id: string) {
    this.#connection = connection;
    this.id = id;
    connection.on('error', () => {});
    this.end = this.#read();
    // Of one that is left open nobody asks how it ended.
    this.end.catch(() => {});
  }

  stdin(data: Buffer): void {
    this.#connection.write(encodeChannelFrame(STDIN, data));
  }

  resize(width: number, height: number): void {
    this.#connection.write(encodeChannelFrame(RESIZE, Buffer.from(JSON.stringify({ Width: width, Height: height }))));
  }

  /** Bytes that are in no frame. */
  raw(bytes: Buffer): void {
    this.#connection.write(bytes);
  }

  /** What stdout has said so far. */
  seen(): string {
    return Buffer.concat(this.#channels[1] ?? []).toString();
  }

  destroy(): void {
    this.#connection.destroy();
  }

  async #read(): Promise<SessionEnd> {
    for await (const { channel, data } of readChannelFrames(this.#connection)) this.#channels[channel]?.push(data);
    const [, stdout = [], stderr = [], error = []] = this.#channels;
    return {
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr),
      status: JSON.parse(Buffer.concat(error).toString() || 'null'),
    };
  }
}

/** Opens a session over WebSocket. */
export async function openExecSocket(options: WebSocketOptions): Promise<ExecSocket> {
  const { connection, id } = await openWebSocket(options);
  return new ExecSocket(connection, id);
}
