// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullJitter } from './backoff.ts';
import { parseGatewayAddress } from './gateway-address.ts';

test('addresses with and without port, names and both kinds of IP', () => {
  const read = (text: string) => {
    const { host, port } = parseGatewayAddress(text);
    return [host, port];
  };
  assert.deepEqual(read('gateway.example'), ['gateway.example', 8444]);
  assert.deepEqual(read('gateway.example:443'), ['gateway.example', 443]);
  assert.deepEqual(read('10.0.0.1:9'), ['10.0.0.1', 9]);
  assert.deepEqual(read('[::1]:9'), ['::1', 9]);
  assert.deepEqual(read('[fe80::1]'), ['fe80::1', 8444]);
});

test('anything else is refused', () => {
  for (const text of ['', ':1', 'a:b', 'a:0', 'a:70000', '::1', 'https://a', 'a/b', 'a b', '[a]:1']) {
    assert.throws(() => parseGatewayAddress(text), { code: 'ERR_CONNECTOR_OPTIONS' }, text);
  }
});

test('waits grow to five seconds and are spread over all of it', () => {
  assert.equal(
    fullJitter(0, () => 0),
    0,
  );
  assert.equal(
    fullJitter(0, () => 0.5),
    125,
  );
  assert.equal(
    fullJitter(3, () => 0.5),
    1_000,
  );
  assert.equal(
    fullJitter(1_000, () => 0.5),
    2_500,
  );
});
