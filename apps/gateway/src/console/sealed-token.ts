// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const INFO = 'countersign console session 2';

/**
 * The two secrets of a session. A browser sends the cookie to every port of its host; what the page holds it sends to its own
 * origin alone, and nobody else can read it there.
 */
export interface SessionSecrets {
  readonly cookie: Buffer;
  readonly page: Buffer;
}

/** 32 random bytes. */
export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The bytes of a secret; undefined where it is none of ours, or the same bytes in other characters. */
export function readSecret(text: string): Buffer | undefined {
  const secret = Buffer.from(text, 'base64url');
  return secret.length === SECRET_BYTES && secret.toString('base64url') === text ? secret : undefined;
}

/** Where a session is stored: of the cookie nothing can be learnt by it. */
export function sessionId({ cookie }: Pick<SessionSecrets, 'cookie'>): string {
  return hash('sha256', cookie);
}

/** The key is of these secrets alone and seals one token once, so that no nonce is used twice. */
function keyOf({ cookie, page }: SessionSecrets): Buffer {
  return Buffer.from(hkdfSync('sha256', cookie, page, INFO, 32));
}

function boundTo(secrets: SessionSecrets, since: string): Buffer {
  return Buffer.from(JSON.stringify([sessionId(secrets), since]));
}

/** A token that only who has both secrets can read, and only with when it was sealed: nonce, ciphertext and tag, in base64. */
export function sealToken(token: string, secrets: SessionSecrets, since: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(secrets), nonce).setAAD(boundTo(secrets, since));
  return Buffer.concat([nonce, cipher.update(token, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** The token again; undefined where what is stored is not what was sealed with these secrets, then. */
export function unsealToken(sealed: string, secrets: SessionSecrets, since: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, keyOf(secrets), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundTo(secrets, since)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
