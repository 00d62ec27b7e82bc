// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createCipheriv, randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { SealedCrypto } from '@countersign/recording';
import { parseKeyTable, unwrapKey } from './key-table.ts';

const kek = randomBytes(32);
const id = randomUUID();
/** Gives back what it is given: how long that is, is for others to look at. */
const crypto: SealedCrypto = { hmacSha256: () => assert.fail(), decrypt: ({ ciphertext }) => ciphertext };

function wrapped(key: Uint8Array): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', kek, nonce);
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

test('a key has 32 bytes, whoever wrapped it: with another length no cipher would take it', () => {
  assert.equal(unwrapKey(crypto, kek, id, wrapped(randomBytes(32))).length, 32);
  for (const length of [0, 16, 31, 33, 64]) {
    assert.throws(() => unwrapKey(crypto, kek, id, wrapped(randomBytes(length))), { code: 'ERR_EVIDENCE_KEYS' });
  }
});

test('a last line without its end is left out, and any other that is no line is told by its number', () => {
  const head = JSON.stringify({ v: 1, kek: id });
  const line = JSON.stringify({ id, scope: 'pseudonyms', created: 'now', wrapped: wrapped(kek) });
  assert.equal(parseKeyTable(`${head}\n${line}\n${line.slice(0, 20)}`).lines.length, 1);
  for (const [text, message] of [
    [`${line}\n`, /line 1 of the key table is not valid/],
    [`${head}\n${line}\n{}\n`, /line 3 of the key table is not valid/],
    [`${head}\n${line.slice(0, 20)}\n`, /line 2 of the key table is not JSON/],
  ] as const) {
    assert.throws(() => parseKeyTable(text), { code: 'ERR_EVIDENCE_KEYS', message });
  }
});
