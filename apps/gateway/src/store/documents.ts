// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';
import type { Collection, Store, Versioned } from './store.ts';
import { StoreError } from './store-error.ts';

/** The one table that every SQL driver keeps: a document is a row, its version the value that changes compare. */
export interface Tables {
  readonly documents: {
    readonly collection: string;
    readonly id: string;
    readonly version: number;
    /** JSON text. */
    readonly value: string;
  };
  /** How often collections have been changed, counted by the database itself. */
  readonly revisions: {
    readonly name: string;
    readonly revision: number;
  };
}

const MAX_ID_BYTES = 256;
const DEFAULT_PAGE = 1_000;

type ColumnType = Parameters<ReturnType<Kysely<unknown>['schema']['createTable']>['addColumn']>[1];

function createDocuments(text: ColumnType): Migration {
  return {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('documents')
        .addColumn('collection', text, (column) => column.notNull())
        .addColumn('id', text, (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('documents_key', ['collection', 'id'])
        .execute();
    },
  };
}

/** What says who is let in: the collections whose changes are counted as `STANDING`. */
const STANDING_COLLECTIONS = ['agents', 'former-agents', 'gone-owners', 'clusters', 'locks'] as const;
const STANDING = 'standing';

/** What is done to a document, and what a trigger calls the row that tells of it. */
export const CHANGES = [
  ['insert', 'new'],
  ['update', 'new'],
  ['delete', 'old'],
] as const;

/** Statements by which a database counts each change of these collections, as part of the change, under a name. */
export type Counting = (collections: readonly string[], name: string) => readonly string[];

/** Where a database migrates without a transaction it may be cut short anywhere, and is begun again. */
function countChanges(text: ColumnType, counting: Counting): Migration {
  return {
    async up(database: Kysely<Tables>) {
      await database.schema
        .createTable('revisions')
        .ifNotExists()
        .addColumn('name', text, (column) => column.primaryKey())
        .addColumn('revision', 'integer', (column) => column.notNull())
        .execute();
      await database
        .insertInto('revisions')
        .values({ name: STANDING, revision: 0 })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      for (const statement of counting(STANDING_COLLECTIONS, STANDING)) {
        await sql.raw(statement).execute(database);
      }
    },
  };
}

/** Applied in order of name, each once; `text` is the type of texts in order of their bytes. A released one is never edited. */
export function migrationsFor(text: ColumnType, counting: Counting): MigrationProvider {
  return {
    getMigrations: async () => ({
      '0001_documents': createDocuments(text),
      '0002_revisions': countChanges(text, counting),
    }),
  };
}

function assertId(id: string): void {
  const bytes = Buffer.byteLength(id);
  if (bytes === 0 || bytes > MAX_ID_BYTES) {
    throw new StoreError('ERR_STORE_ID', `a document's id has 1 to ${MAX_ID_BYTES} bytes, not ${bytes}`);
  }
  // Not every database takes them, and two ids must never become one.
  if (id.includes('\0') || !id.isWellFormed()) {
    throw new StoreError('ERR_STORE_ID', "a document's id is text in Unicode without NUL");
  }
}

function versioned<T>(row: { id: string; version: number; value: string }): Versioned<T> {
  try {
    return { id: row.id, version: row.version, value: JSON.parse(row.value) as T };
  } catch (cause) {
    throw new StoreError('ERR_STORE_CORRUPT', `the stored document ${JSON.stringify(row.id)} is not JSON`, { cause });
  }
}

function openCollection<T>(database: Kysely<Tables>, collection: string): Collection<T> {
  const rows = () =>
    database.selectFrom('documents').select(['id', 'version', 'value']).where('collection', '=', collection);
  return {
    async get(id) {
      assertId(id);
      const row = await rows().where('id', '=', id).executeTakeFirst();
      return row && versioned<T>(row);
    },
    async list({ after = '', before, limit = DEFAULT_PAGE } = {}) {
      const later = rows().where('id', '>', after);
      const range = before === undefined ? later : later.where('id', '<', before);
      const page = await range.orderBy('id').limit(limit).execute();
      return page.map((row) => versioned<T>(row));
    },
    async versions(of) {
      if ('ids' in of && of.ids.length === 0) return new Map();
      const all = database.selectFrom('documents').select(['id', 'version']).where('collection', '=', collection);
      const asked =
        'ids' in of ? all.where('id', 'in', of.ids) : all.where('id', '>', of.after).orderBy('id').limit(of.limit);
      return new Map((await asked.execute()).map(({ id, version }) => [id, version]));
    },
    async insert(id, value) {
      assertId(id);
      const result = await database
        .insertInto('documents')
        .values({ collection, id, version: 1, value: JSON.stringify(value) })
        .onConflict((conflict) => conflict.columns(['collection', 'id']).doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    async replace(id, version, value) {
      const result = await database
        .updateTable('documents')
        .set({ version: version + 1, value: JSON.stringify(value) })
        .where('collection', '=', collection)
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async remove(id, version) {
      const result = await database
        .deleteFrom('documents')
        .where('collection', '=', collection)
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      return result.numDeletedRows === 1n;
    },
    async removeBefore(id) {
      assertId(id);
      const result = await database
        .deleteFrom('documents')
        .where('collection', '=', collection)
        .where('id', '<', id)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

/** The store over any SQL database that `migrations` have been applied to; owns the connection. */
export function documentStore(database: Kysely<Tables>): Store {
  return {
    agents: openCollection(database, 'agents'),
    agentUses: openCollection(database, 'agent-uses'),
    formerAgents: openCollection(database, 'former-agents'),
    goneOwners: openCollection(database, 'gone-owners'),
    ownerUses: openCollection(database, 'owner-uses'),
    clusters: openCollection(database, 'clusters'),
    clusterUses: openCollection(database, 'cluster-uses'),
    joinTokens: openCollection(database, 'join-tokens'),
    certificates: openCollection(database, 'certificates'),
    locks: openCollection(database, 'locks'),
    keys: openCollection(database, 'keys'),
    approvals: openCollection(database, 'approvals'),
    openApprovals: openCollection(database, 'open-approvals'),
    openWrites: openCollection(database, 'open-writes'),
    writes: openCollection(database, 'writes'),
    consoleSessions: openCollection(database, 'console-sessions'),
    consoleLogins: openCollection(database, 'console-logins'),
    passkeys: openCollection(database, 'passkeys'),
    passkeyChallenges: openCollection(database, 'passkey-challenges'),
    grants: openCollection(database, 'grants'),
    notices: openCollection(database, 'notices'),
    noticeCursors: openCollection(database, 'notice-cursors'),
    firstUses: openCollection(database, 'first-uses'),
    async standing() {
      const found = await database
        .selectFrom('revisions')
        .select('revision')
        .where('name', '=', STANDING)
        .executeTakeFirst();
      if (!found) throw new StoreError('ERR_STORE_CORRUPT', 'the store has lost count of its changes');
      return found.revision;
    },
    close: () => database.destroy(),
  };
}
