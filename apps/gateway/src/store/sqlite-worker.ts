// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Question } from './sqlite-driver.ts';

const port = parentPort;
if (!port) throw new TypeError('sqlite-worker.ts runs in a worker thread only');

const database = new DatabaseSync((workerData as { readonly file: string }).file);
database.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON',
);

function run({ sql, parameters }: Question): Pick<Answer, 'rows' | 'changes'> {
  const statement = database.prepare(sql);
  const values = parameters as readonly SQLInputValue[];
  if (statement.columns().length > 0) return { rows: statement.all(...values), changes: 0 };
  return { rows: [], changes: Number(statement.run(...values).changes) };
}

port.on('message', (question: Question | 'close') => {
  if (question === 'close') {
    database.close();
    port.close();
    return;
  }
  try {
    port.postMessage({ id: question.id, ...run(question) } satisfies Answer);
  } catch (error) {
    port.postMessage({ id: question.id, rows: [], changes: 0, problem: (error as Error).message } satisfies Answer);
  }
});
