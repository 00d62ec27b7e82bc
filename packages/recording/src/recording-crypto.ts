// SPDX-License-Identifier: Apache-2.0
import type { Hash } from '@countersign/tlog';

/** CRC-32 as in zlib; `seed` continues an earlier value. */
export type Crc32 = (bytes: Uint8Array, seed?: number) => number;

/** What opening anything that is encrypted takes from the embedder. */
export interface SealedCrypto {
  /** 32 bytes. */
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** AES-256-GCM with a 16-byte tag; undefined when the tag does not match. */
  decrypt(sealed: {
    readonly key: Uint8Array;
    readonly nonce: Uint8Array;
    readonly ciphertext: Uint8Array;
    readonly tag: Uint8Array;
    readonly additionalData: Uint8Array;
  }): Uint8Array | undefined;
}

/** What reading a recording takes from the embedder. */
export interface RecordingCrypto extends SealedCrypto {
  readonly hash: Hash;
  readonly crc32: Crc32;
}

/** What writing one takes besides. */
export interface RecordingSealer extends RecordingCrypto {
  /** AES-256-GCM: writes the ciphertext over the text, and gives the 16-byte tag. MUST NOT keep the text. */
  encrypt(plain: {
    readonly key: Uint8Array;
    readonly nonce: Uint8Array;
    readonly text: Uint8Array;
    readonly additionalData: Uint8Array;
  }): Uint8Array;
}
