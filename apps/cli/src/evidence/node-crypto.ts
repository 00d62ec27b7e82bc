// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { LogCrypto } from '@countersign/evidence';

const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const MAX_HELD_KEYS = 64;

/** What checking a log needs, by Node. */
export function nodeLogCrypto(): LogCrypto {
  const keys = new Map<string, KeyObject>();
  const keyObject = (publicKey: Uint8Array): KeyObject => {
    const name = Buffer.from(publicKey).toString('hex');
    const held = keys.get(name);
    if (held !== undefined) return held;
    if (keys.size >= MAX_HELD_KEYS) keys.clear();
    const spki = Buffer.concat([ED25519_SPKI_PREFIX, publicKey]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    keys.set(name, key);
    return key;
  };
  return {
    hash: { sha256: (bytes) => hash('sha256', bytes, 'buffer') },
    ed25519: {
      verify(publicKey, message, signature) {
        try {
          return verify(null, message, keyObject(publicKey), signature);
        } catch {
          return false;
        }
      },
    },
    crc32,
  };
}
