// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tunnelRegistry } from './registry.ts';
import type { Tunnel } from './tunnel.ts';

type Sent = Parameters<Tunnel['request']>[0];

/** A tunnel as the registry sees it: how many streams are open in it, and who was given what. */
function tunnelOf(connector: string, given: string[]) {
  const tunnel = {
    identity: { cluster: 'lab', connector },
    ...{ isOpen: true, isFull: false, streams: 0, ended: new Promise(() => {}) },
    request: async () => void given.push(connector),
  };
  return { tunnel: tunnel as unknown as Tunnel & { streams: number }, state: tunnel };
}

test('connectors that are equally busy take turns', async () => {
  const [registry, given] = [tunnelRegistry(), [] as string[]];
  const tunnels = ['a', 'b', 'c'].map((connector) => tunnelOf(connector, given));
  for (const { tunnel } of tunnels) registry.add(tunnel);
  for (let count = 0; count < 40; count++) await registry.request('lab', {} as Sent);
  for (const connector of ['a', 'b', 'c']) {
    const part = given.filter((one) => one === connector).length;
    assert.ok(part === 13 || part === 14, `${connector} got ${part} of 40`);
  }
});

test('a request goes to the connector with the fewest streams, whoever has waited longest', async () => {
  const [registry, given] = [tunnelRegistry(), [] as string[]];
  const [a, b] = [tunnelOf('a', given), tunnelOf('b', given)];
  for (const { tunnel } of [a, b]) registry.add(tunnel);
  a.state.streams = 2;
  for (let count = 0; count < 3; count++) await registry.request('lab', {} as Sent);
  b.state.isFull = true;
  await registry.request('lab', {} as Sent);
  assert.deepEqual(given, ['b', 'b', 'b', 'a']);
});
