// SPDX-License-Identifier: Apache-2.0
import { createDecipheriv, createHmac } from 'node:crypto';
import { TAG_BYTES } from '@countersign/evidence';
import type { SealedCrypto } from '@countersign/recording';

/** What opens sealed fields, wrapped keys and recordings, by node:crypto. An export of its own: a verifier loads no gateway. */
export const sealedCrypto: SealedCrypto = {
  hmacSha256: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
  decrypt({ key, nonce, ciphertext, tag, additionalData }) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      return undefined;
    }
  },
};
