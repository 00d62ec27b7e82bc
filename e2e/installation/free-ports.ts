// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where no system looks for a port for who asks for any, so that nobody takes one by chance before its user binds it. */
const FIRST = 20_000;
const END = 30_000;

/** Ports that this process has given away, as those of UDP, which nothing here uses: other test files ask for ports, too. */
const claims: Socket[] = [];

/** Takes a port before all who ask here, until this process ends; whether nobody had. */
async function claim(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref();
  try {
    await once(socket.bind({ port, address: '127.0.0.1', exclusive: true }), 'listening');
  } catch {
    socket.close();
    return false;
  }
  claims.push(socket);
  return true;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}

/** A port of loopback for each name that nobody listens on, all different. They stay free for who was given them. */
export async function freePorts<const Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const ports: number[] = [];
  while (ports.length < names.length) {
    const port = randomInt(FIRST, END);
    if ((await claim(port)) && (await isFree(port))) ports.push(port);
  }
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<Name, number>;
}
