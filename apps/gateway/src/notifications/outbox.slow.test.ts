// SPDX-License-Identifier: Apache-2.0
import { after, before, describe } from 'node:test';
import { noPostgres, TestPostgres } from '../store/postgres-for-tests.ts';
import { openPostgresStore } from '../store/postgres-store.ts';
import { outboxSuite } from './outbox-suite.ts';

describe('notifications in PostgreSQL', { skip: noPostgres }, () => {
  let server: TestPostgres;
  before(async () => {
    server = await TestPostgres.start();
  });
  after(() => server?.close());
  outboxSuite('PostgreSQL', async () => openPostgresStore(await server.database()));
});
