// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, verify } from 'node:crypto';
import type { PasskeyCrypto } from '@countersign/evidence';
import { sha256 } from '../log/sha256.ts';

/** The hash that each algorithm signs; EdDSA none that is named. */
const HASHES: Readonly<Record<number, string | undefined>> = { [-7]: 'sha256', [-257]: 'sha256' };
/** Which keys each may have. */
const KEY_TYPES: Readonly<Record<number, string>> = { [-7]: 'ec', [-8]: 'ed25519', [-257]: 'rsa' };

/** What checking a countersignature needs, by Node. An export of its own: a verifier loads no gateway. */
export const passkeyCrypto: PasskeyCrypto = {
  hash: sha256,
  verifyPasskey({ algorithm, publicKey }, message, signature) {
    try {
      const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
      if (key.asymmetricKeyType !== KEY_TYPES[algorithm]) return false;
      return verify(HASHES[algorithm], message, key, signature);
    } catch {
      return false;
    }
  },
};
