// SPDX-License-Identifier: Apache-2.0
// Each row of the table of attacks is red for a weakening of the product. Those of rows whose tries measure time are in
// attack-weakenings-timed.test.ts.
import { testWeakenings } from './attacks/test-weakenings.ts';
import { TIMED_ROWS, weakenings } from './attacks/weakenings.ts';

testWeakenings(weakenings.filter(({ row }) => !TIMED_ROWS.includes(row)));
