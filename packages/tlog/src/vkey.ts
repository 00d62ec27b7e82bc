// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from './base64.ts';
import { concatBytes } from './bytes.ts';
import type { Hash } from './crypto.ts';
import { TlogError } from './error.ts';

/** Signature types that this package verifies. */
export const ED25519 = 0x01;
export const COSIGNATURE_V1 = 0x04;

/** A public key with the name and the type of signature that it is for. */
export interface VerifierKey {
  readonly name: string;
  /** The 32-bit id that stands before each signature. */
  readonly keyId: number;
  readonly type: typeof ED25519 | typeof COSIGNATURE_V1;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

const PUBLIC_KEY_BYTES = 32;

/** Whether a key may have this name: not empty, without white space, `+`, or what a note can't hold. */
export function isKeyName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return name !== '' && name.isWellFormed() && !/[\p{White_Space}+\u0000-\u001f]/u.test(name);
}

/**
 * A key under its name, with its id: the first four bytes of SHA-256(name || 0x0A || type || public key).
 * @throws TlogError `ERR_TLOG_KEY`
 * @see https://c2sp.org/signed-note Signatures
 */
export function verifierKey(hash: Hash, name: string, type: number, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new TlogError('ERR_TLOG_KEY', 'a key name is not empty and has no white space and no +');
  if (type !== ED25519 && type !== COSIGNATURE_V1) {
    throw new TlogError('ERR_TLOG_KEY', `signature type ${type} is not supported`);
  }
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new TlogError('ERR_TLOG_KEY', 'an Ed25519 key has 32 bytes');
  const digest = hash.sha256(concatBytes(new TextEncoder().encode(`${name}\n`), Uint8Array.of(type), publicKey));
  return { name, keyId: new DataView(digest.buffer, digest.byteOffset).getUint32(0), type, publicKey };
}

/** `<name>+<id in hex>+<base64 of type and public key>`. */
export function formatVerifierKey({ name, keyId, type, publicKey }: VerifierKey): string {
  return `${name}+${formatKeyId(keyId)}+${encodeBase64(concatBytes(Uint8Array.of(type), publicKey))}`;
}

/**
 * The key that a vkey spells; the id must be the key's.
 * @throws TlogError `ERR_TLOG_KEY`
 * @see https://c2sp.org/signed-note Verifier keys
 */
export function parseVerifierKey(hash: Hash, vkey: string): VerifierKey {
  const [, name = '', , encoded = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(vkey) ?? [];
  const key = verifierKey(hash, name, ...typeAndKey(encoded));
  if (formatVerifierKey(key) !== vkey) throw new TlogError('ERR_TLOG_KEY', "the id is not the verifier key's");
  return key;
}

/** Eight hexadecimal digits. */
export function formatKeyId(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}

function typeAndKey(encoded: string): [type: number, publicKey: Uint8Array] {
  try {
    const bytes = decodeBase64(encoded);
    return [bytes[0] ?? 0, bytes.subarray(1)];
  } catch (cause) {
    throw new TlogError('ERR_TLOG_KEY', 'a verifier key is <name>+<8 hex digits>+<base64>', { cause });
  }
}
