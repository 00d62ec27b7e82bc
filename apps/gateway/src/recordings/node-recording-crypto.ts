// SPDX-License-Identifier: Apache-2.0
import { createCipheriv } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { RecordingSealer } from '@countersign/recording';
import { sealedCrypto } from '../log/sealed-crypto.ts';
import { sha256 } from '../log/sha256.ts';

/** Below, a buffer of its own costs the collector less than letting go of it does. */
const LARGE_BYTES = 16_384;

/**
 * Gives the memory of a large buffer back at once, which is empty from then on: of all that streams record the collector
 * would look through what the gateway holds, again and again, to find that nobody has it any more.
 */
function letGo({ buffer, length }: Buffer): void {
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === length;
  if (isWhole && length >= LARGE_BYTES) buffer.transfer(0);
}

/** What writing and reading recordings needs, by node:crypto. */
export const recordingCrypto: RecordingSealer = {
  ...sealedCrypto,
  hash: sha256,
  crc32,
  encrypt({ key, nonce, text, additionalData }) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData);
    const ciphertext = cipher.update(text);
    text.set(ciphertext);
    letGo(ciphertext);
    // What is left of it is nothing: GCM has no padding.
    cipher.final();
    return cipher.getAuthTag();
  },
};
