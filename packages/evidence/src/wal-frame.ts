// SPDX-License-Identifier: Apache-2.0
import type { Crc32 } from '@countersign/recording';
import { EvidenceError } from './evidence-error.ts';

/** Types of frames in a segment, with the longest payload of each in bytes. */
export const FRAME_TYPES = {
  header: { code: 1, maxBytes: 16 * 1024 * 1024 },
  entry: { code: 2, maxBytes: 65_535 },
  sealed: { code: 3, maxBytes: 131_072 },
  checkpoint: { code: 4, maxBytes: 65_535 },
} as const;

export type FrameType = keyof typeof FRAME_TYPES;

/** Bytes before a frame's payload: length (4), type (1), CRC-32 (4). */
export const FRAME_HEADER_BYTES = 9;

export interface Frame {
  readonly type: FrameType;
  /** A view into the segment. */
  readonly payload: Uint8Array;
  /** Offset of the first byte after the frame. */
  readonly end: number;
}

const TYPE_BY_CODE = new Map<number, FrameType>(
  Object.entries(FRAME_TYPES).map(([type, { code }]) => [code, type as FrameType]),
);

/**
 * Writes one frame at `offset` and returns the offset after it.
 * @throws EvidenceError `ERR_EVIDENCE_FRAME` when the payload is longer than its type allows
 */
export function encodeFrame(
  target: Uint8Array,
  offset: number,
  type: FrameType,
  payload: Uint8Array,
  crc32: Crc32,
): number {
  const { code, maxBytes } = FRAME_TYPES[type];
  const { length } = payload;
  if (length > maxBytes) throw new EvidenceError('ERR_EVIDENCE_FRAME', `a frame of type ${type} has ${length} bytes`);
  writeUint32(target, offset, length);
  target[offset + 4] = code;
  writeUint32(target, offset + 5, crc32(payload, crc32(target.subarray(offset, offset + 5))));
  target.set(payload, offset + FRAME_HEADER_BYTES);
  return offset + FRAME_HEADER_BYTES + length;
}

/**
 * The frame at `offset`, or undefined where the padding begins (a zero type byte, or no room for a frame; that the rest
 * is zero is for the caller to check, with `firstNonZero`).
 * @throws EvidenceError `ERR_EVIDENCE_FRAME` when there is no whole and right frame
 */
export function decodeFrame(segment: Uint8Array, offset: number, crc32: Crc32): Frame | undefined {
  const payloadStart = offset + FRAME_HEADER_BYTES;
  const code = segment[offset + 4] ?? 0;
  if (code === 0 || payloadStart > segment.length) return undefined;
  const type = TYPE_BY_CODE.get(code);
  if (type === undefined) throw broken(offset, `has the unknown type ${code}`);
  const length = readUint32(segment, offset);
  const end = payloadStart + length;
  if (length > FRAME_TYPES[type].maxBytes || end > segment.length) throw broken(offset, `has the length ${length}`);
  const payload = segment.subarray(payloadStart, end);
  const crc = crc32(payload, crc32(segment.subarray(offset, offset + 5)));
  if (crc !== readUint32(segment, offset + 5)) throw broken(offset, 'does not match its CRC');
  return { type, payload, end };
}

/** Offset of the first byte from `offset` on that is not zero, or undefined. */
export function firstNonZero(segment: Uint8Array, offset: number): number | undefined {
  for (let at = offset; at < segment.length; at += 1) if (segment[at] !== 0) return at;
  return undefined;
}

function broken(offset: number, what: string): EvidenceError {
  return new EvidenceError('ERR_EVIDENCE_FRAME', `the frame at offset ${offset} ${what}`);
}

function writeUint32(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 24;
  target[offset + 1] = value >>> 16;
  target[offset + 2] = value >>> 8;
  target[offset + 3] = value;
}

function readUint32(source: Uint8Array, offset: number): number {
  const high = ((source[offset] ?? 0) << 24) | ((source[offset + 1] ?? 0) << 16);
  return (high | ((source[offset + 2] ?? 0) << 8) | (source[offset + 3] ?? 0)) >>> 0;
}
