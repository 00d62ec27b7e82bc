// SPDX-License-Identifier: Apache-2.0
import { after, before, describe } from 'node:test';
import { noPostgres, TestPostgres } from '../store/postgres-for-tests.ts';
import { openPostgresStore } from '../store/postgres-store.ts';
import { passkeysSuite } from './passkeys-suite.ts';

describe('passkeys in PostgreSQL', { skip: noPostgres }, () => {
  let server: TestPostgres;
  before(async () => {
    server = await TestPostgres.start();
  });
  after(() => server?.close());
  passkeysSuite('PostgreSQL', async () => openPostgresStore(await server.database()));
});
