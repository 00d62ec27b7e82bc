// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Hash } from '@countersign/policy';

/** SHA-256 for policy digests. */
export const hash: Hash = {
  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
};
