// SPDX-License-Identifier: Apache-2.0
import type { Crc32 } from '@countersign/recording';
import type { Ed25519Verifier, Hash } from '@countersign/tlog';

/** What checking a log takes from the embedder. */
export interface LogCrypto {
  readonly hash: Hash;
  readonly ed25519: Ed25519Verifier;
  readonly crc32: Crc32;
}
