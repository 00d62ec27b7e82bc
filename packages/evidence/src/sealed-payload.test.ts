// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSealedFields } from './sealed-payload.ts';

const nested = (depth: number) => new TextEncoder().encode(`{"input":${'['.repeat(depth)}${']'.repeat(depth)}}`);

test('sealed fields that are nested past all reason are refused, not the end of who reads them', () => {
  assert.doesNotThrow(() => parseSealedFields(nested(100)));
  for (const depth of [300, 60_000]) {
    assert.throws(() => parseSealedFields(nested(depth)), {
      code: 'ERR_EVIDENCE_SEALED',
      message: /nested too deeply/,
    });
  }
});

test('brackets in a text nest nothing', () => {
  const fields = { userAgent: '['.repeat(10_000) };
  assert.deepEqual(parseSealedFields(new TextEncoder().encode(JSON.stringify(fields))), fields);
});
