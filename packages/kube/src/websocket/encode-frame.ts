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
  const frame = beginFrame(opcode, length, length, mask);
  const start = frame.length - length;
  let at = start;
  for (const part of parts) {
    setMasked(part, mask, at - start, frame, at);
    at += part.length;
  }
  return frame;
}

/**
 * The same of a payload of two parts, the second of which is not copied: gives what goes before it, and it. With a mask it is
 * masked where it stands.
 */
export function frameAround(
  opcode: Opcode,
  first: Uint8Array,
  rest: Uint8Array,
  mask?: Mask,
): readonly [Uint8Array, Uint8Array] {
  const before = beginFrame(opcode, first.length + rest.length, first.length, mask);
  setMasked(first, mask, 0, before, before.length - first.length);
  if (mask !== undefined) applyMask(rest, mask, first.length, rest, 0);
  return [before, rest];
}

/** The head of a frame with a payload of `length` bytes, and room behind it for as many as stand in the same buffer. */
function beginFrame(opcode: Opcode, length: number, roomBytes: number, mask: Mask): Uint8Array {
  const lengthBytes = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
  const start = 2 + lengthBytes + (mask === undefined ? 0 : 4);
  const frame = new Uint8Array(start + roomBytes);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = (mask === undefined ? 0 : 0x80) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) view.setUint16(2, length);
  else if (lengthBytes === 8) view.setBigUint64(2, BigInt(length));
  if (mask !== undefined) frame.set(mask, start - 4);
  return frame;
}

function setMasked(part: Uint8Array, mask: Mask, phase: number, frame: Uint8Array, at: number): void {
  if (mask === undefined) frame.set(part, at);
  else applyMask(part, mask, phase, frame, at);
}

/** Writes a close frame. A reason over 123 bytes is cut between two characters. */
export function encodeClose(code: CloseCode, reason: string, mask?: Mask): Uint8Array {
  const text = new Uint8Array(maxControlBytes - 2);
  const { written } = new TextEncoder().encodeInto(reason, text);
  return encodeFrame(opcodes.close, [Uint8Array.of(code >> 8, code & 0xff), text.subarray(0, written)], mask);
}
