// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { base32Length, putBase32 } from './base32.ts';
import { decodeBase64, encodeBase64, isCanonicalBase64 } from './base64.ts';

describe('base64 and base32', () => {
  it('agree with Node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        assert.equal(Buffer.from(encodeBase64(bytes)).toString(), text);
        assert.deepEqual(decodeBase64(Buffer.from(text)), bytes);
        assert.deepEqual(decodeBase64(Buffer.from(Buffer.from(bytes).toString('base64url'))), bytes);
        assert.ok(isCanonicalBase64(Buffer.from(text)));
      }),
    );
  });

  it('know the one canonical spelling', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'AQYBg/+-_=\n'), maxLength: 9 });
    fc.assert(
      fc.property(alphabet, (text) => {
        const canonical = Buffer.from(text, 'base64').toString('base64') === text;
        assert.equal(isCanonicalBase64(Buffer.from(text)), canonical);
      }),
      { numRuns: 5000 },
    );
  });

  it('write base32 as RFC 4648 §10 does, in lower case without padding', () => {
    const vectors = { f: 'my', fo: 'mzxq', foo: 'mzxw6', foob: 'mzxw6yq', fooba: 'mzxw6ytb', foobar: 'mzxw6ytboi' };
    for (const [text, expected] of Object.entries(vectors)) {
      const encoded = Buffer.alloc(base32Length(text.length));
      putBase32(Buffer.from(text), text.length, encoded, 0);
      assert.equal(encoded.toString(), expected);
    }
  });
});
