// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { writeOwnerFile } from '../kubeconfig/agent-kubeconfig.ts';

const LOOPBACK = ['127.0.0.1', '::1'];
const NO_ADDRESS: readonly unknown[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** The ports of `up`, kept from one start to the next so that kubeconfigs and tokens stay good. */
export interface UpPorts {
  readonly data: number;
  readonly tunnel: number;
  readonly control: number;
  readonly health: number;
  readonly provider: number;
  readonly console: number;
}

const WANTED: UpPorts = { data: 8443, tunnel: 8444, control: 8445, health: 8446, provider: 8447, console: 8448 };

/** The port, where it is free at both loopback addresses; at one that the machine doesn't have it is. */
async function tryPort(wanted: number): Promise<number | undefined> {
  let port = wanted;
  for (const address of LOOPBACK) {
    const server = createServer().listen(port, address);
    try {
      await once(server, 'listening');
    } catch (error) {
      if (NO_ADDRESS.includes((error as NodeJS.ErrnoException).code)) continue;
      if (wanted === 0 && port === 0) throw error;
      return undefined;
    }
    ({ port } = server.address() as AddressInfo);
    server.close();
    await once(server, 'close');
  }
  return port;
}

async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? freePort(0);
}

async function lastPorts(file: string): Promise<UpPorts> {
  try {
    return { ...WANTED, ...JSON.parse(await readFile(file, 'utf8')) };
  } catch {
    return WANTED;
  }
}

/** Those of the last start, or the usual ones; a port that is taken is replaced by a free one. */
export async function choosePorts(file: string): Promise<UpPorts> {
  const last = await lastPorts(file);
  const entries: [string, number][] = [];
  for (const name of Object.keys(WANTED) as (keyof UpPorts)[]) entries.push([name, await freePort(last[name])]);
  const ports = Object.fromEntries(entries) as unknown as UpPorts;
  await writeOwnerFile(file, `${JSON.stringify(ports)}\n`);
  return ports;
}
