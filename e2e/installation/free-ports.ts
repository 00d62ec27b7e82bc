// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where no system looks for a port for who asks for any, so that nobody takes one by chance before its user binds it. */
const FIRST = 20_000;
const END = 30_000;

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
  const ports = new Set<number>();
  while (ports.size < names.length) {
    const port = randomInt(FIRST, END);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  const given = [...ports];
  return Object.fromEntries(names.map((name, index) => [name, given[index]])) as Record<Name, number>;
}
