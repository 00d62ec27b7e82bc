// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '../store/sqlite-store.ts';
import { dial } from './dialling-peer.ts';
import { openTunnels } from './tunnels.ts';

test('connections that say nothing are limited in number, and given ten seconds', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-tunnels-idle-'));
  const store = await openSqliteStore(join(directory, 'state.db'));
  const tunnels = await openTunnels({
    host: '127.0.0.1',
    port: 0,
    hostnames: ['localhost', '127.0.0.1', '::1'],
    gatewayId: 'gw-1',
    store,
    now: () => new Date(),
    record: () => Promise.resolve(),
  });
  t.after(async () => {
    await tunnels.close(0);
    await store.close();
    await rm(directory, { recursive: true });
  });
  const idle = await Promise.all(Array.from({ length: 64 }, () => dial(tunnels)));
  await assert.rejects(dial(tunnels));
  const [first] = idle;
  assert.ok(first);
  const opened = performance.now();
  await once(first.resume(), 'close');
  assert.ok(performance.now() - opened < 13_000);
  await Promise.all(idle.map((socket) => socket.destroyed || once(socket.resume(), 'close')));
  (await dial(tunnels)).destroy();
});
