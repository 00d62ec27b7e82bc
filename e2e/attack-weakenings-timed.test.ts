// SPDX-License-Identifier: Apache-2.0
// Runs alone: what is cut must be cut within a second.
import { testWeakenings } from './attacks/test-weakenings.ts';
import { TIMED_ROWS, weakenings } from './attacks/weakenings.ts';

testWeakenings(weakenings.filter(({ row }) => TIMED_ROWS.includes(row)));
