// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cardDigest, oneShotHmac, openStore, readStoreKey, type Store, vouchedFor } from '@countersign/gateway';
import type { ConfigFile } from '../installation/config-file.ts';
import { storeKeyFile } from './replica.ts';

const KEY_BYTES = 32;

/** An approval as it is stored. */
export type Stored = NonNullable<Awaited<ReturnType<Store['approvals']['get']>>>['value'];

/** Somebody who reads and writes the whole store of a gateway, beside it. */
export class Intruder implements AsyncDisposable {
  readonly #store: Store;

  private constructor(store: Store) {
    this.#store = store;
  }

  static async at({ store, dataDir }: ConfigFile): Promise<Intruder> {
    const postgres = store?.postgres;
    const place = postgres && ({ port: 5_432, database: 'countersign', user: 'countersign', ...postgres } as const);
    return new Intruder(await openStore(place as Parameters<typeof openStore>[0], join(dataDir, 'state.db')));
  }

  /** The keys that stand in the store, of the length that such a key has. */
  async storedKeys(): Promise<readonly Uint8Array[]> {
    const all = (await this.#store.keys.list()).map(
      ({ value }) => new Uint8Array(Buffer.from(value.material, 'base64')),
    );
    const keys = all.filter(({ length }) => length === KEY_BYTES);
    assert.notEqual(keys.length, 0);
    return keys;
  }

  async read(id: string): Promise<Stored> {
    return ((await this.#store.approvals.get(id)) ?? assert.fail('there is no such approval')).value;
  }

  /**
   * Changes what is stored of an approval, and makes the digest of its card, and its signatures, again with a key; the key is
   * called by the name that stands there.
   */
  async alter(id: string, key: Uint8Array, change: (approval: Stored) => Stored): Promise<void> {
    const vouch = oneShotHmac(key);
    await this.write(id, (approval) => {
      const altered = change(approval);
      const [name] = approval.card.split(':');
      const [, digest] = cardDigest(vouch, id, altered).split(':');
      const value = { ...altered, card: `${name}:${digest}` };
      return { ...value, signatures: value.signatures.map((one) => vouchedFor(vouch, { id, value }, one)) };
    });
  }

  /** Changes what is stored of an approval. */
  async write(id: string, change: (approval: Stored) => Stored): Promise<void> {
    const { approvals } = this.#store;
    const { version, value } = (await approvals.get(id)) ?? assert.fail('there is no such approval');
    assert.ok(await approvals.replace(id, version, change(value)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#store.close();
  }
}

/** The key of a gateway, which the store does not hold. */
export async function keyOutside(config: ConfigFile): Promise<Uint8Array> {
  const found = await readStoreKey(storeKeyFile(config));
  return 'key' in found ? found.key : assert.fail(found.problem);
}
