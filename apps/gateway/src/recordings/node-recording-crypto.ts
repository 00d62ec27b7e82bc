// SPDX-License-Identifier: Apache-2.0
import { createCipheriv } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { RecordingSealer } from '@countersign/recording';
import { sealedCrypto } from '../log/sealed-crypto.ts';
import { sha256 } from '../log/sha256.ts';

/** What writing and reading recordings needs, by node:crypto. */
export const recordingCrypto: RecordingSealer = {
  ...sealedCrypto,
  hash: sha256,
  crc32,
  encrypt({ key, nonce, plaintext, additionalData }) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData);
    const ciphertext = cipher.update(plaintext);
    // What is left of it is nothing: GCM has no padding.
    cipher.final();
    return { ciphertext, tag: cipher.getAuthTag() };
  },
};
