// SPDX-License-Identifier: Apache-2.0
import type { Ed25519Verifier, Hash } from '@countersign/tlog';
import type { Crc32 } from './wal-frame.ts';

/** What checking a log takes from the embedder. */
export interface LogCrypto {
  readonly hash: Hash;
  readonly ed25519: Ed25519Verifier;
  readonly crc32: Crc32;
}

/** What opening sealed fields takes from the embedder. */
export interface SealedCrypto {
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** AES-256-GCM; undefined when the tag does not match. */
  decrypt(sealed: {
    readonly key: Uint8Array;
    readonly nonce: Uint8Array;
    readonly ciphertext: Uint8Array;
    readonly tag: Uint8Array;
    readonly additionalData: Uint8Array;
  }): Uint8Array | undefined;
}
