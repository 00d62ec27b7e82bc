// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { oneShotHmac } from './one-shot-hmac.ts';

test('says what the platform says of every key and message, whatever came before', () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
  fc.assert(
    fc.property(bytes(64), fc.array(bytes(9_000), { maxLength: 4 }), (key, messages) => {
      const hmac = oneShotHmac(key);
      for (const message of messages) {
        const expected = createHmac('sha256', key).update(message).digest('hex');
        assert.equal(Buffer.from(hmac(message)).toString('hex'), expected);
      }
    }),
  );
});
