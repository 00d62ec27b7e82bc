// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { EvidenceError } from './evidence-error.ts';

/** No segment is longer: a file may be all holes, and reading them takes as long as reading anything. */
export const MAX_SEGMENT_BYTES = 1_073_741_824;

const Header = z.strictObject({
  v: z.literal(1),
  origin: z.string().min(1).max(255),
  bytes: z.int().min(1).max(MAX_SEGMENT_BYTES),
  first: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  checkpoint: z.string().max(65_535),
  frontier: z.array(z.base64().length(44)).max(63),
  open: z.array(z.string().max(96)),
  closed: z.boolean(),
  epoch: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  time: z.string().max(27),
});

/** The first frame of a segment: what the log was when the segment began, so that writing can go on from there. */
export type SegmentHeader = Readonly<z.infer<typeof Header>>;

/** The header's bytes: each header has one spelling, so a verifier makes its own and compares. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  return new TextEncoder().encode(canonicalJson(header));
}

/**
 * Reads a header frame's payload; what it claims is for the caller to check.
 * @throws EvidenceError `ERR_EVIDENCE_HEADER`
 */
export function parseSegmentHeader(payload: Uint8Array): SegmentHeader {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload));
  } catch (cause) {
    throw new EvidenceError('ERR_EVIDENCE_HEADER', 'the segment header is not JSON', { cause });
  }
  const parsed = Header.safeParse(value);
  if (!parsed.success) {
    throw new EvidenceError('ERR_EVIDENCE_HEADER', `the segment header is not valid: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** `<index of the first record, 20 digits>.seg`. */
export function segmentName(first: number): string {
  return `${first.toString().padStart(20, '0')}.seg`;
}

/** The index in a segment's name, or undefined when it is no such name. */
export function parseSegmentName(name: string): number | undefined {
  const [, digits] = /^(\d{20})\.seg$/.exec(name) ?? [];
  const first = digits === undefined ? Number.NaN : Number(digits);
  return Number.isSafeInteger(first) ? first : undefined;
}
