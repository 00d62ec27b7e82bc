// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAuthenticator } from './authenticator.ts';
import type { IdentityError } from './identity-error.ts';

describe('issuer options', () => {
  const good = {
    kind: 'oidc',
    issuer: 'https://idp.example',
    audience: 'a',
    algorithms: ['ES256'],
    maxLifetimeSeconds: 60,
  } as const;
  const rows: readonly (readonly [name: string, change: object])[] = [
    ['a symmetric algorithm', { algorithms: ['ES256', 'HS256'] }],
    ['alg none', { algorithms: ['none'] }],
    ['no algorithm', { algorithms: [] }],
    ['plain http beyond loopback', { issuer: 'http://idp.example' }],
    ['a host that only begins like loopback', { issuer: 'http://127.0.0.1.evil.example' }],
    ['no URL', { issuer: 'idp' }],
    ['a user in the URL', { issuer: 'https://user@idp.example' }],
    ['a query in the URL', { issuer: 'https://idp.example?x' }],
    ['no audience', { audience: '' }],
    ['no lifetime cap', { maxLifetimeSeconds: Number.POSITIVE_INFINITY }],
  ];
  for (const [name, change] of rows) {
    test(`refused: ${name}`, () => {
      const issuers = [{ ...good, ...change }];
      assert.throws(
        () => createAuthenticator({ issuers, now: Date.now }),
        (error: IdentityError) => error.code === 'ERR_IDENTITY_OPTIONS',
      );
    });
  }
  test('refused: one issuer twice', () => {
    assert.throws(() => createAuthenticator({ issuers: [good, good], now: Date.now }), {
      code: 'ERR_IDENTITY_OPTIONS',
    });
  });
  test('the good ones pass', () => {
    createAuthenticator({ issuers: [good], now: Date.now });
  });
});
