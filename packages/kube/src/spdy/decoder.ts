// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';
import { type ControlHead, readControlFrame, readControlHead } from './control-frame.ts';
import { badSpdy, FLAG_FIN, FRAME_HEAD_BYTES, maxStreamNumber, type SpdyFrame, spdyTooLarge } from './frame.ts';
import { HeaderInflater } from './header-inflater.ts';
import type { Inflate } from './inflate.ts';

export interface SpdyLimits {
  /** Bytes of a control frame, and of a header block once inflated; default 16 KiB. */
  readonly maxControlBytes?: number;
}

interface OpenData {
  readonly stream: number;
  readonly fin: boolean;
  /** Bytes that are yet to come. */
  left: number;
}

interface OpenControl {
  readonly head: ControlHead;
  readonly payload: Uint8Array;
  have: number;
}

/**
 * Reads the frames of one side of a SPDY/3.1 connection from its first byte on. Chunk borders carry no meaning. Data comes
 * in pieces that are views of the chunks; control frames are collected, and held to the limit before a byte of them is.
 * Windows are not kept: no peer does (docs/adr/0016-spdy.md). After an error nothing more may be pushed.
 * @throws KubeError `ERR_KUBE_SPDY`, `ERR_KUBE_SPDY_TOO_LARGE`
 * @see SPDY Protocol Draft 3.1, §2.2
 */
export class SpdyDecoder {
  readonly #inflater: HeaderInflater;
  readonly #maxControlBytes: number;
  readonly #head = new Uint8Array(FRAME_HEAD_BYTES);
  #headBytes = 0;
  #control: OpenControl | undefined;
  #data: OpenData | undefined;

  constructor(inflate: Inflate, limits: SpdyLimits = {}) {
    this.#maxControlBytes = limits.maxControlBytes ?? 16 * 1024;
    this.#inflater = new HeaderInflater(inflate, this.#maxControlBytes);
  }

  push(chunk: Uint8Array): SpdyFrame[] {
    return [...this.read(chunk)];
  }

  /** As `push`, each frame only when it is asked for. What is left of a chunk is lost where it is not read to its end. */
  *read(chunk: Uint8Array): Generator<SpdyFrame> {
    const frames: SpdyFrame[] = [];
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#data !== undefined) offset = this.#takeData(this.#data, chunk, offset, frames);
      else if (this.#control !== undefined) offset = this.#takeControl(this.#control, chunk, offset, frames);
      else offset = this.#takeHead(chunk, offset, frames);
      const frame = frames.pop();
      if (frame !== undefined) yield frame;
    }
  }

  /** Ends the bytes. @throws KubeError `ERR_KUBE_SPDY_CUT` if a frame is unfinished. */
  end(): void {
    if (this.#headBytes === 0 && this.#control === undefined && this.#data === undefined) return;
    throw new KubeError('ERR_KUBE_SPDY_CUT', 'the SPDY stream ended inside a frame');
  }

  #takeHead(chunk: Uint8Array, offset: number, frames: SpdyFrame[]): number {
    const end = Math.min(chunk.length, offset + FRAME_HEAD_BYTES - this.#headBytes);
    this.#head.set(chunk.subarray(offset, end), this.#headBytes);
    this.#headBytes += end - offset;
    if (this.#headBytes === FRAME_HEAD_BYTES) {
      this.#headBytes = 0;
      this.#begin(new DataView(this.#head.buffer), frames);
    }
    return end;
  }

  #begin(view: DataView, frames: SpdyFrame[]): void {
    const first = view.getUint32(0);
    if (first <= maxStreamNumber) {
      this.#beginData(first, view, frames);
      return;
    }
    const head = readControlHead(view);
    if (head.length > this.#maxControlBytes) throw spdyTooLarge(`a control frame over ${this.#maxControlBytes} bytes`);
    this.#control = { head, payload: new Uint8Array(head.length), have: 0 };
  }

  #beginData(stream: number, view: DataView, frames: SpdyFrame[]): void {
    const flags = view.getUint8(4);
    const length = view.getUint32(4) & 0xff_ffff;
    if (stream === 0) throw badSpdy('data of the stream 0');
    if ((flags & ~FLAG_FIN) !== 0) throw badSpdy('a data frame with an unknown flag');
    const fin = flags === FLAG_FIN;
    if (length > 0) this.#data = { stream, fin, left: length };
    else frames.push({ type: 'data', stream, data: new Uint8Array(0), fin });
  }

  #takeData(open: OpenData, chunk: Uint8Array, offset: number, frames: SpdyFrame[]): number {
    const end = Math.min(chunk.length, offset + open.left);
    open.left -= end - offset;
    if (open.left === 0) this.#data = undefined;
    const data = chunk.subarray(offset, end);
    frames.push({ type: 'data', stream: open.stream, data, fin: open.fin && open.left === 0 });
    return end;
  }

  #takeControl(open: OpenControl, chunk: Uint8Array, offset: number, frames: SpdyFrame[]): number {
    const end = Math.min(chunk.length, offset + open.payload.length - open.have);
    open.payload.set(chunk.subarray(offset, end), open.have);
    open.have += end - offset;
    if (open.have === open.payload.length) {
      this.#control = undefined;
      frames.push(readControlFrame(open.head, open.payload, this.#inflater));
    }
    return end;
  }
}
