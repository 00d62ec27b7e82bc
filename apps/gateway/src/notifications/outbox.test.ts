// SPDX-License-Identifier: Apache-2.0
import { openTestSqlite } from '../approvals/registers-for-tests.ts';
import { outboxSuite } from './outbox-suite.ts';

outboxSuite('SQLite', openTestSqlite);
