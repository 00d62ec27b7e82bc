// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';
import { DevelopmentIdpError } from './development-idp-error.ts';
import { keepPrivateFile } from './private-file.ts';

async function createKeys(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return `${JSON.stringify({ keys: [{ ...jwk, kid: crypto.randomUUID(), alg: 'ES256', use: 'sig' }] })}\n`;
}

function isJwkSet(value: unknown): value is JSONWebKeySet & { readonly keys: JWK[] } {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
}

/**
 * The provider's private ES256 key, made at the first start and kept in `keys.json`, so that tokens outlive a restart.
 * @throws DevelopmentIdpError `ERR_DEVELOPMENT_IDP_FILE`
 */
export async function loadSigningKeys(dir: string): Promise<JSONWebKeySet> {
  const path = join(dir, 'keys.json');
  const text = await keepPrivateFile(path, createKeys);
  try {
    const value: unknown = JSON.parse(text);
    if (isJwkSet(value)) return value;
  } catch {
    // Said below: a parse error would quote the key.
  }
  throw new DevelopmentIdpError(
    'ERR_DEVELOPMENT_IDP_FILE',
    `${path} holds no key set: remove it to have a new one made`,
  );
}
