// SPDX-License-Identifier: Apache-2.0
// Runs alone: how soon silence is noticed is measured.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openTunnelFixture, type TunnelFixture, until } from './tunnel-fixture.ts';

const LIMIT_MS = 15_000;

/** A relay on loopback whose link can go silent with both sockets open, as a dropped NAT entry does. */
async function openRelay(port: number) {
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void (silent || to.write(chunk)));
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        if (!silent) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    setSilent(value: boolean) {
      silent = value;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('a tunnel that went silent', { concurrency: true }, () => {
  let fixture: TunnelFixture;
  let kubeconfig: string;
  before(async () => {
    fixture = await openTunnelFixture(['stopped', 'relayed']);
    kubeconfig = join(fixture.directory, 'kubeconfig');
    const cluster = { server: 'https://127.0.0.1:1' };
    await writeFile(
      kubeconfig,
      JSON.stringify({
        'current-context': 'a',
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        clusters: [{ name: 'a', cluster }],
        users: [],
      }),
    );
  });
  after(() => fixture?.close());

  test('the gateway notices a stopped connector, which comes back when it goes on', async () => {
    const connector = await fixture.connect({ cluster: 'stopped', kubeconfig });
    await fixture.event((event) => event.type === 'connected' && event.cluster === 'stopped');
    connector.child.kill('SIGSTOP');
    const stopped = performance.now();
    const ended = await fixture.event((event) => event.type === 'disconnected' && event.cluster === 'stopped');
    const tookMs = performance.now() - stopped;
    console.log(`a stopped connector was noticed after ${(tookMs / 1000).toFixed(1)} s`);
    assert.ok(ended.type === 'disconnected' && ended.reason === 'silent');
    assert.ok(tookMs < LIMIT_MS);
    assert.equal(fixture.tunnels.connected('stopped').length, 0);
    connector.child.kill('SIGCONT');
    await until('it is back', () => fixture.tunnels.connected('stopped').length === 1);
  });

  test('both ends notice that nothing comes through any more', async (context) => {
    const relay = await openRelay(fixture.tunnels.port);
    context.after(relay.close);
    const connector = await fixture.connect({ cluster: 'relayed', kubeconfig, gateways: [`127.0.0.1:${relay.port}`] });
    await fixture.event((event) => event.type === 'connected' && event.cluster === 'relayed');
    relay.setSilent(true);
    const went = performance.now();
    const [near, far] = await Promise.all([
      connector.line('disconnected').then((line) => ({ reason: line.reason, tookMs: performance.now() - went })),
      fixture
        .event((event) => event.type === 'disconnected' && event.cluster === 'relayed')
        .then((event) => ({
          reason: event.type === 'disconnected' && event.reason,
          tookMs: performance.now() - went,
        })),
    ]);
    console.log(`silence: connector ${(near.tookMs / 1000).toFixed(1)} s, gateway ${(far.tookMs / 1000).toFixed(1)} s`);
    assert.deepEqual([near.reason, far.reason], ['silent', 'silent']);
    assert.ok(near.tookMs < LIMIT_MS && far.tookMs < LIMIT_MS);
    relay.setSilent(false);
    await until('it is back', () => fixture.tunnels.connected('relayed').length === 1);
  });
});
