// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type FileReading, readBoundedFile } from '../config/bounded-file.ts';
import { keyId } from '../keyed-digest.ts';
import { writeDurableFile } from '../log/durable-file.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import type { KeyDocument, Store } from './store.ts';
import { StoreError } from './store-error.ts';

const NAME = 'approvals';
const ALGORITHM = 'id of HMAC-SHA-256';
const FILE = 'store.key';
const KEY_BYTES = 32;
const MAX_FILE_BYTES = 1_024;
const TEXT = /^[A-Za-z0-9+/]{43}=\r?\n?$/;
export interface StoreKeyPlace {
  /** `store.keyFile`, where it is configured: it is there. */
  readonly keyFile: string | undefined;
  /** Where one is made, and kept, if none is configured. */
  readonly keyDir: string;
  /** Whether other gateways may have the same store: they must have the same key. */
  readonly isShared: boolean;
  readonly now: Date;
  /** Told that the key is another one than before. */
  readonly warn: (message: string) => void;
}

/** The key in a file, 32 bytes in base64 on one line; or in words why there is none. */
export async function readStoreKey(
  file: string,
): Promise<{ readonly key: Uint8Array } | Extract<FileReading, { readonly problem: string }>> {
  const reading = await readBoundedFile(file, MAX_FILE_BYTES);
  if ('problem' in reading) return { problem: `${file} ${reading.problem}` };
  const text = reading.bytes.toString('latin1');
  // In memory of its own: what stands in a pool goes to another thread with all of that.
  return TEXT.test(text)
    ? { key: new Uint8Array(Buffer.from(text, 'base64')) }
    : { problem: `${file} is not 32 bytes in base64 on one line` };
}

/**
 * The key that vouches for what the store says of approvals, 32 bytes. It lies apart from the store, so that who can write
 * that can't make up what people were shown or said. Where no file is configured, it is made once.
 * @throws StoreError `ERR_STORE_KEY` when it can't be read, or other gateways of the store have another one
 */
export async function openStoreKey({ keys }: Store, place: StoreKeyPlace): Promise<Uint8Array> {
  const path = place.keyFile ?? join(place.keyDir, FILE);
  const key = await keyIn(path, place);
  await assertSame(keys, keyId(oneShotHmac(key)), path, place);
  return key;
}

async function keyIn(path: string, { keyFile, keyDir }: StoreKeyPlace): Promise<Uint8Array> {
  const found = await readStoreKey(path);
  if ('key' in found) return found.key;
  const isMissing = found.problem === `${path} is not there`;
  if (keyFile !== undefined || !isMissing)
    throw new StoreError('ERR_STORE_KEY', `the key of the store: ${found.problem}`);
  const made = randomBytes(KEY_BYTES);
  await writeDurableFile(path, Buffer.from(`${made.toString('base64')}\n`), { tmp: keyDir });
  return new Uint8Array(made);
}

/** The store knows the key by its id: gateways with two keys would take nothing of each other, and ask people on and on. */
async function assertSame(
  keys: Store['keys'],
  id: string,
  path: string,
  { isShared, now, warn }: StoreKeyPlace,
): Promise<void> {
  const document: KeyDocument = { algorithm: ALGORITHM, material: id, createdAt: now.toISOString() };
  if (await keys.insert(NAME, document)) return;
  const stored = await keys.get(NAME);
  if (stored?.value.material === id) return;
  if (isShared) throw new StoreError('ERR_STORE_KEY', otherKey(path, id, stored?.value.material ?? 'none'));
  if (stored) await keys.replace(NAME, stored.version, document);
  warn(`the key of the store, ${path}, is another one than before: what waits for a countersignature is asked anew`);
}

function otherKey(path: string, id: string, stored: string): string {
  return (
    `the gateways of this store have another key (${stored}) than this one (${id}, ${path}): ` +
    `put the file of one of them there, or name one for all as store.keyFile`
  );
}
