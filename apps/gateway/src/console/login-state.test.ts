// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { beginLogin, derived, formatLogin, isStateOf, LOGIN_MS, ownPath, parseLogin } from './login-state.ts';

const NOW = new Date('2026-11-24T00:00:00Z');
const after = (ms: number) => new Date(NOW.getTime() + ms);

test('a login is read as it was written, for ten minutes', () => {
  const login = beginLogin('/approvals/1?tab=diff', NOW);
  const cookie = formatLogin(login);
  assert.deepEqual(parseLogin(cookie, after(LOGIN_MS - 1)), login);
  assert.equal(parseLogin(cookie, after(LOGIN_MS)), undefined);
  assert.equal(parseLogin(cookie, after(-120_000)), undefined);
  for (const other of [undefined, '', '..', `${cookie}.x`, cookie.slice(1), cookie.replace('.', '.!')]) {
    assert.equal(parseLogin(other, NOW), undefined, String(other));
  }
});

test('state, nonce and verifier are of this login alone, and of where it leads', () => {
  const login = beginLogin('/a', NOW);
  const words = (['state', 'nonce', 'verifier'] as const).map((what) => derived(login, what));
  assert.equal(new Set(words).size, 3);
  for (const word of words) assert.match(word, /^[\w-]{43}$/);
  assert.equal(isStateOf(login, derived(login, 'state')), true);
  for (const other of [{ ...login, to: '/b' }, { ...login, beganAtMs: 0 }, beginLogin('/a', NOW)]) {
    assert.equal(isStateOf(login, derived(other, 'state')), false);
  }
  assert.equal(isStateOf(login, derived(login, 'nonce')), false);
  assert.equal(isStateOf(login, ''), false);
});

test('a login leads to a page of ours, whatever it was asked for', () => {
  const origin = 'https://console.example';
  assert.equal(ownPath('/approvals/1?tab=diff', origin), '/approvals/1?tab=diff');
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '//',
    'evil.example',
    '@',
    ':',
    '?',
    '#',
    '%2f',
    '\t',
    'https:',
    'a',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = ownPath(pieces.join(''), origin);
      assert.match(path, /^\/(?!\/)/);
      assert.equal(new URL(path, origin).origin, origin);
      assert.equal(new URL(`${origin}${path}`).origin, origin);
    }),
  );
  for (const to of ['/api/v1/me', '/auth/login', '/x/../auth/callback', `/${'a'.repeat(512)}`, undefined]) {
    assert.equal(ownPath(to, origin), '/', String(to));
  }
});
