// SPDX-License-Identifier: Apache-2.0

import { leftClaimsSuite } from './left-claims-suite.ts';
import { openTestSqlite } from './registers-for-tests.ts';

leftClaimsSuite('SQLite', openTestSqlite);
