// SPDX-License-Identifier: Apache-2.0
import { openTestSqlite } from '../approvals/registers-for-tests.ts';
import { passkeysSuite } from './passkeys-suite.ts';

passkeysSuite('sqlite', openTestSqlite);
