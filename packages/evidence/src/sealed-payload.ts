// SPDX-License-Identifier: Apache-2.0
import { EvidenceError } from './evidence-error.ts';
import { SealedFields } from './sealed-fields.ts';

const encoder = new TextEncoder();

export const SALT_BYTES = 32;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** What gateways write has a tenth of it. */
const MAX_DEPTH = 256;

/** A sealed frame's payload, taken apart: AES-256-GCM. */
export interface SealedPayload {
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** What a decrypted payload holds: `pt` of the record is HMAC-SHA-256(`salt`, `json`). */
export interface SealedPlaintext {
  readonly salt: Uint8Array;
  readonly json: Uint8Array;
}

/** The additional data under which the sealed fields of a record are encrypted. */
export function sealedAdditionalData(recordId: string): Uint8Array {
  return encoder.encode(`countersign-sealed-v1 ${recordId}`);
}

/** @throws EvidenceError `ERR_EVIDENCE_SEALED` */
export function splitSealedPayload(payload: Uint8Array): SealedPayload {
  const end = payload.length - TAG_BYTES;
  if (end < NONCE_BYTES + SALT_BYTES) throw new EvidenceError('ERR_EVIDENCE_SEALED', 'sealed fields are cut short');
  return {
    nonce: payload.subarray(0, NONCE_BYTES),
    ciphertext: payload.subarray(NONCE_BYTES, end),
    tag: payload.subarray(end),
  };
}

/** @throws EvidenceError `ERR_EVIDENCE_SEALED` */
export function splitSealedPlaintext(plaintext: Uint8Array): SealedPlaintext {
  if (plaintext.length < SALT_BYTES) throw new EvidenceError('ERR_EVIDENCE_SEALED', 'sealed fields have no salt');
  return { salt: plaintext.subarray(0, SALT_BYTES), json: plaintext.subarray(SALT_BYTES) };
}

/** @throws EvidenceError `ERR_EVIDENCE_SEALED`; the message holds no values */
export function parseSealedFields(json: Uint8Array): SealedFields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json));
  } catch {
    throw new EvidenceError('ERR_EVIDENCE_SEALED', 'sealed fields are not JSON');
  }
  if (isTooDeep(value)) throw new EvidenceError('ERR_EVIDENCE_SEALED', 'sealed fields are nested too deeply');
  const parsed = SealedFields.safeParse(value);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.'));
  throw new EvidenceError('ERR_EVIDENCE_SEALED', `sealed fields are not valid at ${paths.join(', ')}`);
}

/** Level by level: whoever wrote it may have meant to exhaust the stack of what looks through it. */
function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
