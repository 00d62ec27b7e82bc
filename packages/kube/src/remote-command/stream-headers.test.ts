// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpdyHeaders } from '../spdy/frame.ts';
import { channels } from './channel.ts';
import { channelOfStream, channelStreamHeaders } from './stream-headers.ts';

for (const channel of channels) {
  test(`a stream of ${channel} is known by its headers`, () => {
    assert.equal(channelOfStream(channelStreamHeaders(channel)), channel);
  });
}

const refused: readonly SpdyHeaders[] = [
  [],
  [{ name: 'streamtype', values: [] }],
  [{ name: 'streamtype', values: ['stdin', 'stdout'] }],
  [{ name: 'streamtype', values: ['data'] }],
  [{ name: 'streamtype', values: ['STDIN'] }],
];

for (const headers of refused) {
  test(`${JSON.stringify(headers)} is refused`, () => {
    assert.throws(() => channelOfStream(headers), { code: 'ERR_KUBE_STREAM_HEADERS' });
  });
}
