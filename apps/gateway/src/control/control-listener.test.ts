// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { selfSigned } from '../data/self-signed-for-tests.ts';
import type { ControlParts } from './control-api.ts';
import { openControlListener } from './control-listener.ts';

test('a connection that sets up no TLS does not keep its place', async () => {
  const settings = { address: '127.0.0.1', port: 0, tls: { certificateFile: '', keyFile: '' } };
  const parts = {} as ControlParts;
  const listener = await openControlListener({ settings, ...(await selfSigned()), parts, handshakeTimeoutMs: 100 });
  try {
    const socket = connect(listener.address.port, '127.0.0.1');
    await once(socket, 'connect');
    const outcome = await Promise.race([
      once(socket.resume(), 'close').then(() => 'closed'),
      new Promise((resolve) => setTimeout(resolve, 5_000, 'still open').unref()),
    ]);
    assert.equal(outcome, 'closed');
    socket.destroy();
  } finally {
    await listener.close();
  }
});
