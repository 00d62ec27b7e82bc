// SPDX-License-Identifier: Apache-2.0

import type { SealedCrypto } from '@countersign/recording';
import { decodeBase64, TlogError } from '@countersign/tlog';
import * as z from 'zod';
import { EvidenceError } from './evidence-error.ts';
import { NONCE_BYTES, TAG_BYTES } from './sealed-payload.ts';

const KEY_BYTES = 32;

const Head = z.strictObject({ v: z.literal(1), kek: z.uuid() });
const Line = z.union([
  z.strictObject({ id: z.uuid(), scope: z.string(), created: z.string(), wrapped: z.base64() }),
  z.strictObject({
    id: z.uuid(),
    scope: z.string(),
    created: z.string(),
    destroyed: z.string(),
    rule: z.string(),
  }),
]);

/** A line of the key table: a key, wrapped, or what is left of one. */
export type KeyTableLine = Readonly<z.infer<typeof Line>>;

export interface KeyTableText {
  /** Id of the key that wraps the others. */
  readonly kek: string;
  readonly lines: readonly KeyTableLine[];
}

/**
 * Reads a key table. A last line without its newline is one that is being written, and left out.
 * @throws EvidenceError `ERR_EVIDENCE_KEYS` naming the line
 * @see docs/reference/log-format.md Key table
 */
export function parseKeyTable(text: string): KeyTableText {
  const [head = '', ...rows] = text.split('\n').slice(0, -1);
  return { kek: parseRow(Head, head, 1).kek, lines: rows.map((row, i) => parseRow(Line, row, i + 2)) };
}

/**
 * The key of a line that has one.
 * @throws EvidenceError `ERR_EVIDENCE_KEYS`
 */
export function unwrapKey(crypto: SealedCrypto, kek: Uint8Array, id: string, wrapped: string): Uint8Array {
  const bytes = decode(wrapped, id);
  const key = crypto.decrypt({
    key: kek,
    nonce: bytes.subarray(0, NONCE_BYTES),
    ciphertext: bytes.subarray(NONCE_BYTES, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
    additionalData: new TextEncoder().encode(`countersign-key-v1 ${id}`),
  });
  if (key === undefined) throw new EvidenceError('ERR_EVIDENCE_KEYS', `the key ${id} does not unwrap`);
  return key;
}

function parseRow<T>(schema: z.ZodType<T>, row: string, number: number): T {
  try {
    return schema.parse(JSON.parse(row));
  } catch (cause) {
    // NOTE: the cause of a JSON error quotes the line, which may hold a wrapped key.
    const what = cause instanceof z.ZodError ? 'is not valid' : 'is not JSON';
    throw new EvidenceError('ERR_EVIDENCE_KEYS', `line ${number} of the key table ${what}`);
  }
}

function decode(wrapped: string, id: string): Uint8Array {
  try {
    const bytes = decodeBase64(wrapped);
    if (bytes.length === NONCE_BYTES + KEY_BYTES + TAG_BYTES) return bytes;
  } catch (cause) {
    if (!(cause instanceof TlogError)) throw cause;
  }
  throw new EvidenceError('ERR_EVIDENCE_KEYS', `the key ${id} is not ${KEY_BYTES} bytes long`);
}
