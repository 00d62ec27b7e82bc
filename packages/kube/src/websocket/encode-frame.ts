// SPDX-License-Identifier: Apache-2.0
import { applyMask } from './apply-mask.ts';
import type { CloseCode } from './close-code.ts';
import { maxControlBytes, type Opcode, opcodes } from './frame-head.ts';

/** What a client masks a frame with: four bytes that nobody can foresee, fresh for each frame. A server has none. */
export type Mask = Uint8Array | undefined;

/**
 * Writes one whole message, or one control frame, as a single frame. Its payload is the parts one after another.
 * @see RFC 6455 §5.2
 */
export function encodeFrame(opcode: Opcode, parts: readonly Uint8Array[], mask?: Mask): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const lengthBytes = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
  const start = 2 + lengthBytes + (mask === undefined ? 0 : 4);
  const frame = new Uint8Array(start + length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = (mask === undefined ? 0 : 0x80) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) view.setUint16(2, length);
  else if (lengthBytes === 8) view.setBigUint64(2, BigInt(length));
  let at = start;
  if (mask !== undefined) frame.set(mask, start - 4);
  for (const part of parts) {
    if (mask === undefined) frame.set(part, at);
    else applyMask(part, mask, at - start, frame, at);
    at += part.length;
  }
  return frame;
}

/** Writes a close frame. A reason over 123 bytes is cut between two characters. */
export function encodeClose(code: CloseCode, reason: string, mask?: Mask): Uint8Array {
  const text = new Uint8Array(maxControlBytes - 2);
  const { written } = new TextEncoder().encodeInto(reason, text);
  return encodeFrame(opcodes.close, [Uint8Array.of(code >> 8, code & 0xff), text.subarray(0, written)], mask);
}
