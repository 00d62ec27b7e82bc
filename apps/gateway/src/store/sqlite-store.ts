// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { CHANGES, type Counting, documentStore, migrationsFor, type Tables } from './documents.ts';
import { sqliteDialect } from './sqlite-driver.ts';
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';

const OWNER_ONLY = 0o600;

const counting: Counting = (collections, name) =>
  CHANGES.map(
    ([change, row]) => `create trigger if not exists ${name}_${change} after ${change} on documents
      when ${row}.collection in (${collections.map((one) => `'${one}'`).join(', ')})
      begin update revisions set revision = revision + 1 where name = '${name}'; end`,
  );

/**
 * Opens the embedded store and brings it up to date. The file holds keys, so nobody but its owner may read it.
 * @throws StoreError `ERR_STORE_UNAVAILABLE` when the file can't be opened or migrated
 */
export async function openSqliteStore(file: string): Promise<Store> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await (await open(file, 'a', OWNER_ONLY)).close();
  await chmod(file, OWNER_ONLY);
  const database = new Kysely<Tables>({ dialect: sqliteDialect(file) });
  const { error } = await new Migrator({ db: database, provider: migrationsFor('text', counting) }).migrateToLatest();
  if (error) {
    await database.destroy();
    throw new StoreError('ERR_STORE_UNAVAILABLE', `${file} could not be opened: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return documentStore(database);
}
