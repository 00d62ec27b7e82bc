// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { KeyDocument, Store } from './store/store.ts';
import { StoreError } from './store/store-error.ts';

const NAME = 'masking';
const ALGORITHM = 'HMAC-SHA-256';
const KEY_BYTES = 32;

/** The key that masks are made with, 32 bytes, made once and shared by all gateways of a store. */
export async function openMaskingKey({ keys }: Store, now: Date): Promise<Uint8Array> {
  const made: KeyDocument = {
    algorithm: ALGORITHM,
    material: randomBytes(KEY_BYTES).toString('base64'),
    createdAt: now.toISOString(),
  };
  await keys.insert(NAME, made);
  const stored = await keys.get(NAME);
  const material = Buffer.from(stored?.value.material ?? '', 'base64');
  if (material.length !== KEY_BYTES) throw new StoreError('ERR_STORE_CORRUPT', 'the masking key is not 32 bytes');
  // In memory of its own: what stands in a pool goes to another thread with all of that.
  return new Uint8Array(material);
}
