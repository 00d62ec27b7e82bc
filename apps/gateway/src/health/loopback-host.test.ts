// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAddressOrLocalhost, isLoopbackAddress } from './loopback-host.ts';

test('an address and localhost are names of this machine', () => {
  for (const host of [
    '127.0.0.1',
    '127.0.0.1:8446',
    '[::1]',
    '[::1]:8446',
    'localhost',
    'LocalHost:1',
    '10.0.0.7:80',
  ]) {
    assert.equal(isAddressOrLocalhost(host), true, host);
  }
});

test('a name that anybody can point here is none', () => {
  const names = ['evil.example', 'evil.example:8446', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost.'];
  for (const host of [undefined, '', ':80', '[::1', '::1', '127.0.0.1:', '127.1', 'a b', ...names]) {
    assert.equal(isAddressOrLocalhost(host), false, String(host));
  }
});

test('addresses that only their own machine reaches', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1']) assert.equal(isLoopbackAddress(address), true, address);
  for (const address of ['0.0.0.0', '::', '10.0.0.7', '1127.0.0.1', 'localhost']) {
    assert.equal(isLoopbackAddress(address), false, address);
  }
});
