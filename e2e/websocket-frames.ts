// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';

const BINARY = 2;
const CLOSE = 8;

/** One channel message of the Kubernetes remote command protocol. */
export interface ChannelMessage {
  readonly channel: number;
  readonly data: Buffer;
}

/** A masked binary frame that carries one channel message, as a client sends it. */
export function encodeChannelFrame(channel: number, data: Buffer): Buffer {
  const payload = Buffer.concat([Buffer.of(channel), data]);
  const mask = randomBytes(4);
  const length =
    payload.length < 126
      ? Buffer.of(0x80 | payload.length)
      : Buffer.of(0x80 | 126, payload.length >> 8, payload.length & 255);
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([Buffer.of(0x80 | BINARY), length, mask, masked]);
}

/** Reads a server's frames; anything but whole binary frames, control frames apart, is an error. */
export async function* readChannelFrames(bytes: AsyncIterable<Buffer>): AsyncGenerator<ChannelMessage> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const frame = takeFrame(pending);
      if (!frame) break;
      pending = frame.rest;
      if (frame.opcode === CLOSE) return;
      const [channel] = frame.payload;
      if (frame.opcode === BINARY && channel !== undefined) yield { channel, data: frame.payload.subarray(1) };
    }
  }
}

function takeFrame(bytes: Buffer): { opcode: number; payload: Buffer; rest: Buffer } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const header = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < header) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < header + length) return undefined;
  return {
    opcode: bytes.readUInt8(0) & 0x0f,
    payload: bytes.subarray(header, header + length),
    rest: bytes.subarray(header + length),
  };
}
