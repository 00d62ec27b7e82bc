// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newSecret, readSecret, type SessionSecrets, sealToken, sessionId, unsealToken } from './sealed-token.ts';

const SINCE = '2026-11-24T00:00:00.000Z';
const newSecrets = (): SessionSecrets => ({ cookie: newSecret(), page: newSecret() });

test('a token comes out again for both its secrets, and for no others, and only as it was sealed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.nat(), (token, flip) => {
      const secrets = newSecrets();
      const sealed = sealToken(token, secrets, SINCE);
      assert.equal(unsealToken(sealed, secrets, SINCE), Buffer.from(token).toString());
      const { cookie, page } = secrets;
      for (const others of [newSecrets(), { cookie, page: newSecret() }, { cookie: newSecret(), page }]) {
        assert.equal(unsealToken(sealed, others, SINCE), undefined);
      }
      assert.equal(unsealToken(sealed, { cookie: page, page: cookie }, SINCE), undefined);
      assert.equal(unsealToken(sealed, { cookie, page: Buffer.alloc(0) }, SINCE), undefined);
      assert.equal(unsealToken(sealed, secrets, '2026-11-24T00:00:00.001Z'), undefined);
      const bytes = Buffer.from(sealed, 'base64');
      const at = flip % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      assert.equal(unsealToken(bytes.toString('base64'), secrets, SINCE), undefined);
    }),
  );
  assert.equal(unsealToken('', newSecrets(), SINCE), undefined);
});

test('a secret is 32 bytes in base64url, written in one way', () => {
  const secret = newSecret();
  const text = secret.toString('base64url');
  assert.deepEqual(readSecret(text), secret);
  assert.match(sessionId({ cookie: secret }), /^[0-9a-f]{64}$/);
  for (const other of ['', text.slice(1), `${text}=`, ` ${text}`, secret.toString('hex'), `${text}AA`]) {
    assert.equal(readSecret(other), undefined, other);
  }
});
