// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cardDigest, oneShotHmac, openStore, type Store } from '@countersign/gateway';
import type { ConfigFile } from '../installation/config-file.ts';

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

  /** The key that stands in the store. */
  async storedKey(): Promise<Uint8Array> {
    const found = (await this.#store.keys.get('masking')) ?? assert.fail('there is no key');
    return Buffer.from(found.value.material, 'base64');
  }

  /** Changes what is stored of an approval, and makes the digest of its card again with a key. */
  async alter(id: string, key: Uint8Array, change: (approval: Stored) => Stored): Promise<void> {
    await this.write(id, (approval) => {
      const altered = change(approval);
      return { ...altered, card: cardDigest(oneShotHmac(key), id, altered) };
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
