// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joined } from '../fixtures/bytes.ts';
import { channels } from './channel.ts';
import { encodeChannelData, frameChannelData } from './encode-channel.ts';

test('a message around its bytes is the message that a copy of them gives', () => {
  const mask = fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined });
  fc.assert(
    fc.property(fc.constantFrom(...channels), fc.uint8Array({ maxLength: 300 }), mask, (channel, data, key) => {
      const copied = encodeChannelData(channel, data, key);
      assert.deepEqual(joined(frameChannelData(channel, data, key)), copied);
    }),
  );
});
