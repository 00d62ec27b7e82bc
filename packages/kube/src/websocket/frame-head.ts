// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';

/** RFC 6455 §5.2. The values between them are reserved. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export type Opcode = (typeof opcodes)[keyof typeof opcodes];

/** Whose frames are read: a client's are masked, a server's are not. */
export type WebSocketPeer = 'client' | 'server';

/** The payload of a control frame is no longer (RFC 6455 §5.5). */
export const maxControlBytes = 125;

const MAX_HEAD_BYTES = 14;
const SHORT_LENGTHS = 126;
const known: ReadonlySet<number> = new Set(Object.values(opcodes));

export interface FrameHead {
  readonly fin: boolean;
  readonly opcode: Opcode;
  /** Bytes of payload that follow. */
  readonly length: number;
  /** Four bytes, of a client's frame. */
  readonly mask: Uint8Array | undefined;
}

export function isControl(opcode: Opcode): boolean {
  return opcode >= opcodes.close;
}

/** What is refused of a WebSocket stream; the message never holds a byte of it. */
export function badFrame(why: string): KubeError {
  return new KubeError('ERR_KUBE_WEBSOCKET', `the WebSocket stream breaks RFC 6455: ${why}`);
}

/** Collects the 2 to 14 bytes before a frame's payload, however they are cut up, and refuses them as soon as they are bad. */
export class FrameHeadReader {
  readonly #peer: WebSocketPeer;
  readonly #maxFrameBytes: number;
  readonly #bytes = new Uint8Array(MAX_HEAD_BYTES);
  #have = 0;
  #need = 2;

  constructor(peer: WebSocketPeer, maxFrameBytes: number) {
    this.#peer = peer;
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** True between frames. */
  get isEmpty(): boolean {
    return this.#have === 0;
  }

  /** Takes one more byte; returns the head that it completes. */
  push(byte: number): FrameHead | undefined {
    this.#bytes[this.#have++] = byte;
    if (this.#have === 2) this.#need = this.#checkStart();
    if (this.#have < this.#need) return undefined;
    const head = this.#head();
    this.#have = 0;
    this.#need = 2;
    return head;
  }

  /** Checks what the first two bytes say; returns the length of the whole head. */
  #checkStart(): number {
    const first = this.#bytes[0] as number;
    const second = this.#bytes[1] as number;
    const opcode = first & 0x0f;
    const length = second & 0x7f;
    if ((first & 0x70) !== 0) throw badFrame('a reserved bit is set and no extension was agreed on');
    if (!known.has(opcode)) throw badFrame('an opcode is reserved');
    if (isControl(opcode as Opcode) && (length > maxControlBytes || (first & 0x80) === 0))
      throw badFrame('a control frame is long or fragmented');
    const masked = (second & 0x80) !== 0;
    if (masked !== (this.#peer === 'client'))
      throw badFrame(masked ? "a server's frame is masked" : "a client's frame is not masked");
    const lengthBytes = length < SHORT_LENGTHS ? 0 : length === SHORT_LENGTHS ? 2 : 8;
    return 2 + lengthBytes + (masked ? 4 : 0);
  }

  #head(): FrameHead {
    const first = this.#bytes[0] as number;
    const masked = this.#peer === 'client';
    const length = this.#length();
    if (length > this.#maxFrameBytes)
      throw new KubeError('ERR_KUBE_WEBSOCKET_TOO_LARGE', `a WebSocket frame is over ${this.#maxFrameBytes} bytes`);
    return {
      fin: (first & 0x80) !== 0,
      opcode: (first & 0x0f) as Opcode,
      length,
      mask: masked ? this.#bytes.slice(this.#need - 4, this.#need) : undefined,
    };
  }

  #length(): number {
    const short = (this.#bytes[1] as number) & 0x7f;
    if (short < SHORT_LENGTHS) return short;
    const view = new DataView(this.#bytes.buffer);
    const long = short === SHORT_LENGTHS ? BigInt(view.getUint16(2)) : view.getBigUint64(2);
    const shortest = short === SHORT_LENGTHS ? long >= SHORT_LENGTHS : long > 0xffffn;
    if (!shortest || long >> 63n !== 0n) throw badFrame('a length is not written in its shortest form');
    return long > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(long);
  }
}
