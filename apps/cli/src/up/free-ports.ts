// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { writeOwnerFile } from '../kubeconfig/agent-kubeconfig.ts';

const ADDRESS = '127.0.0.1';

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

async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  server.listen(wanted, ADDRESS);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (wanted === 0) throw error;
    return freePort(0);
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
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
