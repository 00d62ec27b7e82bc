// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newSecret, readSecret, sealToken, sessionId, unsealToken } from './sealed-token.ts';

test('a token comes out again for its secret, and for no other, and only as it was sealed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.nat(), (token, flip) => {
      const secret = newSecret();
      const sealed = sealToken(token, secret);
      assert.equal(unsealToken(sealed, secret), Buffer.from(token).toString());
      assert.equal(unsealToken(sealed, newSecret()), undefined);
      const bytes = Buffer.from(sealed, 'base64');
      const at = flip % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      assert.equal(unsealToken(bytes.toString('base64'), secret), undefined);
    }),
  );
  assert.equal(unsealToken('', newSecret()), undefined);
});

test('a cookie is 32 bytes in base64url, written in one way', () => {
  const secret = newSecret();
  const text = secret.toString('base64url');
  assert.deepEqual(readSecret(text), secret);
  assert.match(sessionId(secret), /^[0-9a-f]{64}$/);
  for (const other of ['', text.slice(1), `${text}=`, ` ${text}`, secret.toString('hex'), `${text}AA`]) {
    assert.equal(readSecret(other), undefined, other);
  }
});
