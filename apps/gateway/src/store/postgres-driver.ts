// SPDX-License-Identifier: Apache-2.0
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { DatabaseError, Pool, type PoolClient, type PoolConfig } from 'pg';
import { StoreError } from './store-error.ts';

/** Where the database is and who asks it. */
export interface PostgresPlace {
  /** A name, an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Asked anew for each connection, so that a password may change. */
  readonly password: (() => Promise<string>) | undefined;
  /** What its certificate is verified with; undefined speaks no TLS. */
  readonly tls: { readonly ca: Buffer | undefined } | undefined;
}

const MAX_CONNECTIONS = 8;
/** How long anybody waits for a connection, and then for an answer on it. */
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 5_000;
/** The server gives up a little before, so that its own answer is what is heard. */
const STATEMENT_TIMEOUT_MS = 4_000;

/**
 * What a session must be for the store's contract: changes are on disk when they are told, a change waits for another one of
 * the same row and then sees it, and none takes for ever. What can't be had is in the answer.
 */
const SETTLE = `select
  set_config('statement_timeout', '${STATEMENT_TIMEOUT_MS}', false),
  set_config('default_transaction_isolation', 'read committed', false),
  set_config('synchronous_commit',
    case when current_setting('synchronous_commit') in ('off', 'local') then 'on'
         else current_setting('synchronous_commit') end, false),
  pg_is_in_recovery() as "isStandby",
  current_setting('fsync') as fsync,
  current_setting('server_encoding') as encoding`;

interface Settled {
  readonly isStandby: boolean;
  readonly fsync: string;
  readonly encoding: string;
}

function assertFit({ isStandby, fsync, encoding }: Settled): void {
  if (isStandby) throw new StoreError('ERR_STORE_UNAVAILABLE', 'PostgreSQL: it is a standby, which may be behind');
  if (fsync !== 'on') throw new StoreError('ERR_STORE_UNAVAILABLE', 'PostgreSQL: fsync is off there: it would forget');
  if (encoding !== 'UTF8') throw new StoreError('ERR_STORE_UNAVAILABLE', 'PostgreSQL: its encoding is not UTF8');
}

/** What went wrong, in words that hold nothing of what was asked. */
function wordsOf(error: unknown): string {
  if (error instanceof DatabaseError) return `it answered ${error.severity} ${error.code}`;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `${message} (${code})`;
}

function unavailable(cause: unknown): StoreError {
  return cause instanceof StoreError
    ? cause
    : new StoreError('ERR_STORE_UNAVAILABLE', `PostgreSQL: ${wordsOf(cause)}`, { cause });
}

/** One connection of the pool, as long as somebody has it. */
class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  /** Nobody knows what it still does or would answer: it is never used again. */
  #isDoubtful = false;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    try {
      const { rows, rowCount } = await this.#client.query(sql, [...parameters]);
      return { rows: rows as R[], numAffectedRows: BigInt(rowCount ?? 0) };
    } catch (cause) {
      // A statement that was answered, if only with an error, leaves the connection as it was.
      this.#isDoubtful ||= !(cause instanceof DatabaseError && cause.severity === 'ERROR');
      throw unavailable(cause);
    }
  }

  streamQuery(): never {
    throw new StoreError('ERR_STORE_UNAVAILABLE', 'the PostgreSQL driver does not stream');
  }

  release(): void {
    this.#client.release(this.#isDoubtful);
  }
}

function poolOptions({ host, port, database, user, password, tls }: PostgresPlace): PoolConfig {
  return {
    host,
    port,
    database,
    user,
    ...(password ? { password } : {}),
    // Its `host` is what the certificate must be for, an address too.
    ssl: tls ? { host, rejectUnauthorized: true, ...(tls.ca ? { ca: tls.ca } : {}) } : false,
    application_name: 'countersign',
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
    allowExitOnIdle: true,
  };
}

class PostgresDriver implements Driver {
  readonly #pool: Pool;
  readonly #settled = new WeakSet<PoolClient>();

  constructor(place: PostgresPlace) {
    this.#pool = new Pool(poolOptions(place));
    // A connection that is lost while nobody uses it is replaced when somebody needs one.
    this.#pool.on('error', () => {});
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#pool.ending) throw new StoreError('ERR_STORE_CLOSED', 'the store is closed');
    const client = await this.#pool.connect().catch((cause: unknown) => {
      throw unavailable(cause);
    });
    try {
      await this.#settle(client);
      return new PostgresConnection(client);
    } catch (cause) {
      client.release(true);
      throw unavailable(cause);
    }
  }

  beginTransaction = (connection: DatabaseConnection): Promise<void> => run(connection, 'begin');
  commitTransaction = (connection: DatabaseConnection): Promise<void> => run(connection, 'commit');
  rollbackTransaction = (connection: DatabaseConnection): Promise<void> => run(connection, 'rollback');

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    (connection as PostgresConnection).release();
  }

  destroy(): Promise<void> {
    return this.#pool.end();
  }

  async #settle(client: PoolClient): Promise<void> {
    if (this.#settled.has(client)) return;
    const { rows } = await client.query<Settled>(SETTLE);
    assertFit(rows[0] as Settled);
    this.#settled.add(client);
  }
}

async function run(connection: DatabaseConnection, statement: string): Promise<void> {
  await connection.executeQuery(CompiledQuery.raw(statement));
}

/** Kysely over `pg`: at most 8 connections, no answer later than 5 s, and a connection in doubt is never used again. */
export function postgresDialect(place: PostgresPlace): Dialect {
  return {
    createDriver: () => new PostgresDriver(place),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (database) => new PostgresIntrospector(database),
  };
}
