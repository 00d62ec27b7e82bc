// SPDX-License-Identifier: Apache-2.0
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { CHANGES, type Counting, documentStore, migrationsFor, type Tables } from './documents.ts';
import { type PostgresPlace, postgresDialect } from './postgres-driver.ts';
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';

/** Of Countersign alone: whoever brings the tables up to date holds it. */
const MIGRATION_LOCK = '4716264831995302311';

const counting: Counting = (collections, name) => [
  `create function count_${name}() returns trigger language plpgsql as $$
    begin update revisions set revision = revision + 1 where name = '${name}'; return null; end $$`,
  ...CHANGES.map(
    ([change, row]) => `create trigger ${name}_${change} after ${change} on documents for each row
      when (${row}.collection in (${collections.map((one) => `'${one}'`).join(', ')}))
      execute function count_${name}()`,
  ),
];

/** Ids are compared byte by byte, whatever language the database speaks. */
const migrations = migrationsFor(sql`text collate "C"`, counting);

/** One gateway after the other: the second finds nothing left to do. */
function migrate(database: Kysely<Tables>): Promise<void> {
  return database.connection().execute(async (one) => {
    await sql`select pg_advisory_lock(${sql.lit(MIGRATION_LOCK)}::bigint)`.execute(one);
    const { error } = await new Migrator({ db: one, provider: migrations }).migrateToLatest();
    // The connection ends with the lock, should this not be reached.
    await sql`select pg_advisory_unlock(${sql.lit(MIGRATION_LOCK)}::bigint)`.execute(one);
    if (error) throw error;
  });
}

/**
 * Opens the store in a PostgreSQL database and brings it up to date. The database holds keys: it is the gateway's alone.
 * @throws StoreError `ERR_STORE_UNAVAILABLE` when it can't be reached, migrated, or trusted to keep what it is told
 */
export async function openPostgresStore(place: PostgresPlace): Promise<Store> {
  const database = new Kysely<Tables>({ dialect: postgresDialect(place) });
  try {
    await migrate(database);
  } catch (cause) {
    await database.destroy();
    if (cause instanceof StoreError) throw cause;
    throw new StoreError('ERR_STORE_UNAVAILABLE', `PostgreSQL could not be migrated: ${(cause as Error).message}`, {
      cause,
    });
  }
  return documentStore(database);
}
