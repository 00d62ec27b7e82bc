// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const INFO = 'countersign console session 1';

/** What a browser holds of a session: 32 random bytes. */
export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The bytes of a cookie; undefined where it is none of ours, or the same bytes in other characters. */
export function readSecret(cookie: string): Buffer | undefined {
  const secret = Buffer.from(cookie, 'base64url');
  return secret.length === SECRET_BYTES && secret.toString('base64url') === cookie ? secret : undefined;
}

/** Where a session is stored: of the secret nothing can be learnt by it. */
export function sessionId(secret: Buffer): string {
  return hash('sha256', secret);
}

/** The key is of this secret alone and seals one token once, so that no nonce is used twice. */
function keyOf(secret: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), INFO, 32));
}

/** A token that only who has the secret can read: nonce, ciphertext and tag, in base64. */
export function sealToken(token: string, secret: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(secret), nonce).setAAD(Buffer.from(sessionId(secret)));
  return Buffer.concat([nonce, cipher.update(token, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** The token again; undefined where what is stored is not what was sealed with this secret. */
export function unsealToken(sealed: string, secret: Buffer): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, keyOf(secret), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(sessionId(secret))).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
