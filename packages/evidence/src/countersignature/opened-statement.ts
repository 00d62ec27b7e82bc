// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import type { Json } from '../canonical-json.ts';
import { fromHex } from '../from-hex.ts';
import { decodeBase64url } from './base64url.ts';
import type { Said } from './statement.ts';

const shown = z.strictObject({ salt: z.hex(), card: z.json() });
const said = z.strictObject({
  nonce: z.string(),
  approver: z.strictObject({ issuer: z.string(), subject: z.string() }),
  reason: z.string(),
});

/** The sealed field `shown`; undefined where it is none. */
export function parseShown(value: unknown): { readonly salt: Uint8Array; readonly card: Json } | undefined {
  const parsed = shown.safeParse(value);
  return parsed.success ? { salt: fromHex(parsed.data.salt), card: parsed.data.card as Json } : undefined;
}

/** The sealed field `countersignature`; undefined where it is none. */
export function parseSaid(value: unknown): (Said & { readonly nonce: Uint8Array }) | undefined {
  const parsed = said.safeParse(value);
  const nonce = parsed.success ? decodeBase64url(parsed.data.nonce) : undefined;
  return parsed.success && nonce ? { ...parsed.data, nonce } : undefined;
}
