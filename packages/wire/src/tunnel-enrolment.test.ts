// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJoinToken, parseJoinToken } from './tunnel-enrolment.ts';

const secret = 'A_-'.padEnd(43, 'z');

test('a join token reads as it was written, underscores in its secret included', () => {
  const token = { cluster: 'prod-eu', secret };
  assert.equal(formatJoinToken(token), `csj_prod-eu_${secret}`);
  assert.deepEqual(parseJoinToken(formatJoinToken(token)), token);
});

test('anything else is no join token', () => {
  for (const text of [
    '',
    'csj_',
    `csj_prod${secret}`,
    `csj__${secret}`,
    `csj_Prod_${secret}`,
    `csj_-prod_${secret}`,
    `csj_${'a'.repeat(64)}_${secret}`,
    `csj_prod_${secret}x`,
    `csj_prod_${secret.slice(1)}`,
    `xcsj_prod_${secret}`,
    `csj_prod_${secret}\n`,
  ]) {
    assert.equal(parseJoinToken(text), undefined, text);
  }
});
