// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { encodeChannelFrame, readChannelFrames } from '../websocket-frames.ts';

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

export interface ExecSocketOptions {
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
  readonly protocol: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a session over WebSocket. */
export async function openExecSocket({
  url,
  caFile,
  token,
  protocol,
  headers: more,
}: ExecSocketOptions): Promise<ExecSocket> {
  const ca = await readFile(caFile, 'utf8');
  const headers = {
    authorization: `Bearer ${token}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': protocol,
    ...more,
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, headers, agent: false });
    asked.once('error', reject);
    asked.once('upgrade', (response, connection, head) => {
      if (head.length > 0) connection.unshift(head);
      assert.equal(response.headers['sec-websocket-protocol'], protocol);
      resolve(new ExecSocket(connection, String(response.headers['audit-id'])));
    });
    asked.once('response', (response) =>
      reject(new assert.AssertionError({ message: `answered ${response.statusCode}` })),
    );
    asked.end();
  });
}
