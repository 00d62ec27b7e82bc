// SPDX-License-Identifier: Apache-2.0
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { StoreError } from './store-error.ts';

/** One statement for the worker thread. */
export interface Question {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What came of it; `problem` says that nothing did. */
export interface Answer {
  readonly id: number;
  readonly rows: readonly unknown[];
  readonly changes: number;
  readonly problem?: string;
}

interface Waiter {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: StoreError) => void;
}

/** Statements to a worker thread and answers back, in order: SQLite's own waits never hold the event loop. */
class SqliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiter>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #problem: StoreError | undefined;
  #closing = false;

  constructor(file: string) {
    this.#worker = new Worker(new URL(`./sqlite-worker${extname(import.meta.url)}`, import.meta.url), {
      workerData: { file },
    });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (cause) =>
      this.#fail(new StoreError('ERR_STORE_UNAVAILABLE', `SQLite: ${(cause as Error).message}`, { cause })),
    );
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail(new StoreError('ERR_STORE_CLOSED', 'the store is closed'));
        resolve();
      });
    });
  }

  ask(sql: string, parameters: readonly unknown[]): Promise<Answer> {
    if (this.#problem) return Promise.reject(this.#problem);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, sql, parameters } satisfies Question);
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    // Whoever awaits this may have nothing else that keeps the process running.
    this.#worker.ref();
    if (!this.#problem) this.#worker.postMessage('close');
    await this.#ended;
  }

  #settle(answer: Answer): void {
    const waiter = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0 && !this.#closing) this.#worker.unref();
    if (answer.problem === undefined) waiter?.resolve(answer);
    else waiter?.reject(new StoreError('ERR_STORE_UNAVAILABLE', `SQLite: ${answer.problem}`));
  }

  #fail(problem: StoreError): void {
    this.#problem ??= problem;
    for (const waiter of this.#waiting.values()) waiter.reject(problem);
    this.#waiting.clear();
  }
}

function connection(thread: SqliteThread): DatabaseConnection {
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, changes } = await thread.ask(sql, parameters);
      return { rows: rows as R[], numAffectedRows: BigInt(changes) };
    },
    streamQuery() {
      throw new StoreError('ERR_STORE_UNAVAILABLE', 'the SQLite driver does not stream');
    },
  };
}

function driver(file: string): Driver {
  const thread = new SqliteThread(file);
  const only = connection(thread);
  const refuse = async (): Promise<void> => {
    throw new StoreError('ERR_STORE_UNAVAILABLE', 'the store changes one document at a time: no transactions');
  };
  return {
    init: async () => {},
    acquireConnection: async () => only,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => {},
    destroy: () => thread.close(),
  };
}

/** Kysely over `node:sqlite` in a worker thread. */
export function sqliteDialect(file: string): Dialect {
  return {
    createDriver: () => driver(file),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (database) => new SqliteIntrospector(database),
  };
}
