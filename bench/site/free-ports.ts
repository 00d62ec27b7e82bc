// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** A port of loopback for each name that nobody listens on now. */
export async function freePorts<const Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const servers = names.map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const entries = servers.map((server, index) => [names[index], (server.address() as AddressInfo).port]);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return Object.fromEntries(entries) as Record<Name, number>;
}
