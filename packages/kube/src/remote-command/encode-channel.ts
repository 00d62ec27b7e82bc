// SPDX-License-Identifier: Apache-2.0
import { encodeFrame, frameAround, type Mask } from '../websocket/encode-frame.ts';
import { opcodes } from '../websocket/frame-head.ts';
import { type Channel, CLOSE_SIGNAL, channels } from './channel.ts';

/** Bytes of a channel as one binary WebSocket message in one frame. */
export function encodeChannelData(channel: Channel, data: Uint8Array, mask?: Mask): Uint8Array {
  return encodeFrame(opcodes.binary, [Uint8Array.of(channels.indexOf(channel)), data], mask);
}

/** The same message without a copy of its bytes, which with a mask are written over: what goes before them, and them. */
export function frameChannelData(channel: Channel, data: Uint8Array, mask?: Mask): readonly [Uint8Array, Uint8Array] {
  return frameAround(opcodes.binary, Uint8Array.of(channels.indexOf(channel)), data, mask);
}

/** The half-close of a channel, which only version 5 knows. */
export function encodeChannelClose(channel: Channel, mask?: Mask): Uint8Array {
  return encodeFrame(opcodes.binary, [Uint8Array.of(CLOSE_SIGNAL, channels.indexOf(channel))], mask);
}
