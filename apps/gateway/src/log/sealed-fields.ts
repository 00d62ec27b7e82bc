// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createHmac, hash } from 'node:crypto';
import {
  canonicalJson,
  FRAME_TYPES,
  type Json,
  NONCE_BYTES,
  type RecordWriter,
  SALT_BYTES,
  SealedFields,
  sealedAdditionalData,
  TAG_BYTES,
} from '@countersign/evidence';
import type { DataKey } from './key-table.ts';
import { LogError } from './log-error.ts';
import type { RandomPool } from './random-bytes.ts';

const OVERHEAD_BYTES = NONCE_BYTES + SALT_BYTES + TAG_BYTES;

/** Sealed fields as they lie in the log, and the reference that the record carries. */
export interface SealedRecordPart {
  readonly payload: Uint8Array;
  readonly reference: { readonly key: string; readonly bytes: number; readonly ct: string; readonly pt: string };
}

/** What sealing needs. */
export interface SealParts {
  readonly random: RandomPool;
  readonly writer: RecordWriter;
}

/**
 * Encrypts a record's sealed fields and commits to them. An input that does not fit beside the other fields is left out:
 * the record's commitment to it stays. So are, after it, rules that do not fit: the record says how many there were; and
 * then the card of an approval, to which its record commits.
 * @throws LogError `ERR_LOG_RECORD` when they are not valid, or too long
 */
export function sealFields(fields: SealedFields, id: string, key: DataKey, parts: SealParts): SealedRecordPart {
  const json = fittingJson(fields, parts.writer);
  const salt = parts.random.take(SALT_BYTES);
  const nonce = parts.random.take(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.key, nonce).setAAD(sealedAdditionalData(id));
  const ciphertext = cipher.update(Buffer.concat([salt, json]));
  // In this mode it gives no further bytes, but makes the tag.
  cipher.final();
  const payload = Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]);
  const ct = hash('sha256', payload);
  return { payload, reference: { key: key.id, bytes: payload.length, ct, pt: commitment(salt, json) } };
}

/** HMAC-SHA-256 of `bytes` under `salt`, in hex. */
export function commitment(salt: Uint8Array, bytes: Uint8Array): string {
  return createHmac('sha256', salt).update(bytes).digest('hex');
}

function fittingJson(fields: SealedFields, writer: RecordWriter): Uint8Array {
  const json = Buffer.from(spelled(fields, writer));
  if (json.length + OVERHEAD_BYTES <= FRAME_TYPES.sealed.maxBytes) return json;
  if (fields.input !== undefined) {
    const { input: _, inputSalt: __, ...rest } = fields;
    return fittingJson(rest, writer);
  }
  if (fields.rules !== undefined) {
    const { rules: _, ...rest } = fields;
    return fittingJson(rest, writer);
  }
  if (fields.shown !== undefined) {
    const { shown: _, ...rest } = fields;
    return fittingJson(rest, writer);
  }
  throw new LogError('ERR_LOG_RECORD', `sealed fields of ${json.length} bytes`);
}

function spelled(fields: SealedFields, writer: RecordWriter): string {
  try {
    return writer.sealedFields(fields) ?? canonicalJson(valid(fields) as Json);
  } catch (cause) {
    if (cause instanceof LogError) throw cause;
    throw new LogError('ERR_LOG_RECORD', (cause as Error).message, { cause });
  }
}

/** The members of any shape are JSON if they have a canonical form: looking through them twice would cost too much here. */
function valid(fields: SealedFields): SealedFields {
  const ofAnyShape = {
    input: undefined,
    bound: undefined,
    scope: undefined,
    shown: undefined,
    countersignature: undefined,
  };
  const plain = { ...fields, ...ofAnyShape };
  const parsed = SealedFields.safeParse(plain);
  if (parsed.success) return fields;
  const paths = parsed.error.issues.map(({ path }) => path.join('.'));
  throw new LogError('ERR_LOG_RECORD', `sealed fields are not valid at ${paths.join(', ')}`);
}
