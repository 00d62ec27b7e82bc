// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SealedFields } from '@countersign/evidence';
import type { Exchange } from '../exchange.ts';
import { sealedFacts } from './exchange-facts.ts';

function facts(method: string, target: string) {
  const incoming = { method, target, remoteAddress: '127.0.0.1', remotePort: 1 };
  return sealedFacts({ incoming, headers: {} } as unknown as Exchange);
}

test('whatever a caller sends as method and target can be sealed', () => {
  const sealed = facts('A'.repeat(30_000), `/${'a'.repeat(1_000_000)}`);
  assert.ok(SealedFields.safeParse(sealed).success);
  assert.deepEqual([sealed.method?.length, sealed.target?.length], [64, 65_536]);
  assert.ok(sealed.method?.endsWith('…') && sealed.target?.endsWith('…'));
  const { method, target } = facts('GET', '/clusters/a/version');
  assert.deepEqual([method, target], ['GET', '/clusters/a/version']);
});
