// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createHmac } from 'node:crypto';
import {
  encodeSealedFields,
  FRAME_TYPES,
  NONCE_BYTES,
  SALT_BYTES,
  SealedFields,
  sealedAdditionalData,
  TAG_BYTES,
} from '@countersign/evidence';
import type { DataKey } from './key-table.ts';
import { LogError } from './log-error.ts';
import type { RandomPool } from './random-bytes.ts';
import { sha256 } from './sha256.ts';

const OVERHEAD_BYTES = NONCE_BYTES + SALT_BYTES + TAG_BYTES;

/** Sealed fields as they lie in the log, and the reference that the record carries. */
export interface SealedRecordPart {
  readonly payload: Uint8Array;
  readonly reference: { readonly key: string; readonly bytes: number; readonly ct: string; readonly pt: string };
}

/**
 * Encrypts a record's sealed fields and commits to them. An input that does not fit beside the other fields is left out:
 * the record's commitment to it stays. So are, after it, rules that do not fit: the record says how many there were.
 * @throws LogError `ERR_LOG_RECORD` when they are not valid, or too long
 */
export function sealFields(fields: SealedFields, id: string, dataKey: DataKey, random: RandomPool): SealedRecordPart {
  const json = fittingJson(fields);
  const salt = random.take(SALT_BYTES);
  const nonce = random.take(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', dataKey.key, nonce).setAAD(sealedAdditionalData(id));
  const payload = Buffer.concat([nonce, cipher.update(salt), cipher.update(json), cipher.final(), cipher.getAuthTag()]);
  const ct = Buffer.from(sha256.sha256(payload)).toString('hex');
  return { payload, reference: { key: dataKey.id, bytes: payload.length, ct, pt: commitment(salt, json) } };
}

/** HMAC-SHA-256 of `bytes` under `salt`, in hex. */
export function commitment(salt: Uint8Array, bytes: Uint8Array): string {
  return createHmac('sha256', salt).update(bytes).digest('hex');
}

function fittingJson(fields: SealedFields): Uint8Array {
  assertValid(fields);
  const json = encode(fields);
  if (json.length + OVERHEAD_BYTES <= FRAME_TYPES.sealed.maxBytes) return json;
  if (fields.input !== undefined) {
    const { input: _, inputSalt: __, ...rest } = fields;
    return fittingJson(rest);
  }
  if (fields.rules !== undefined) {
    const { rules: _, ...rest } = fields;
    return fittingJson(rest);
  }
  throw new LogError('ERR_LOG_RECORD', `sealed fields of ${json.length} bytes`);
}

function encode(fields: SealedFields): Uint8Array {
  try {
    return encodeSealedFields(fields);
  } catch (cause) {
    throw new LogError('ERR_LOG_RECORD', (cause as Error).message, { cause });
  }
}

/** The members of any shape are JSON if they have a canonical form: looking through them twice would cost too much here. */
function assertValid(fields: SealedFields): void {
  const plain = { ...fields, input: undefined, scope: undefined, countersignature: undefined };
  const parsed = SealedFields.safeParse(plain);
  if (parsed.success) return;
  const paths = parsed.error.issues.map(({ path }) => path.join('.'));
  throw new LogError('ERR_LOG_RECORD', `sealed fields are not valid at ${paths.join(', ')}`);
}
