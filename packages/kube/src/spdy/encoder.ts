// SPDX-License-Identifier: Apache-2.0
import {
  FLAG_FIN,
  FRAME_HEAD_BYTES,
  frameTypes,
  type HeaderFrame,
  maxDataBytes,
  SPDY_VERSION,
  type SpdyFrame,
  spdyTooLarge,
} from './frame.ts';
import { encodeHeaderBlock } from './header-block.ts';
import { HeaderDeflater } from './header-deflater.ts';

/**
 * Writes the frames of one side of a SPDY/3.1 connection. They MUST be sent in the order in which they were encoded: header
 * blocks are one stream.
 * @see SPDY Protocol Draft 3.1, §2.2
 */
export class SpdyEncoder {
  readonly #headers = new HeaderDeflater();

  encode(frame: SpdyFrame): Uint8Array {
    switch (frame.type) {
      case 'syn-stream':
        return this.#headerFrame(frame, numbers(frame.stream, 0), Uint8Array.of(0, 0));
      case 'syn-reply':
      case 'headers':
        return this.#headerFrame(frame, numbers(frame.stream));
      case 'rst-stream':
        return control(frame.type, 0, numbers(frame.stream, frame.status));
      case 'settings':
        return control(frame.type, 0, numbers(0));
      case 'ping':
        return control(frame.type, 0, numbers(frame.id));
      case 'goaway':
        return control(frame.type, 0, numbers(frame.lastStream, frame.status));
      case 'window-update':
        return control(frame.type, 0, numbers(frame.stream, frame.delta));
      case 'data':
        return dataFrame(frame.stream, frame.data, frame.fin);
    }
  }

  #headerFrame({ type, headers, fin }: HeaderFrame, ...before: readonly Uint8Array[]): Uint8Array {
    return control(type, fin ? FLAG_FIN : 0, ...before, this.#headers.push(encodeHeaderBlock(headers)));
  }
}

function numbers(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value);
  return bytes;
}

function control(type: keyof typeof frameTypes, flags: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = new Uint8Array(FRAME_HEAD_BYTES + length);
  frame.set([0x80, SPDY_VERSION, 0, frameTypes[type], flags, length >> 16, (length >> 8) & 0xff, length & 0xff]);
  let at = FRAME_HEAD_BYTES;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

function dataFrame(stream: number, data: Uint8Array, fin: boolean): Uint8Array {
  if (data.length > maxDataBytes) throw spdyTooLarge('a data frame of 16 MiB');
  const frame = new Uint8Array(FRAME_HEAD_BYTES + data.length);
  frame.set([stream >>> 24, (stream >> 16) & 0xff, (stream >> 8) & 0xff, stream & 0xff]);
  frame.set([fin ? FLAG_FIN : 0, data.length >> 16, (data.length >> 8) & 0xff, data.length & 0xff], 4);
  frame.set(data, FRAME_HEAD_BYTES);
  return frame;
}
