// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { call } from './call.ts';
import { startCountersignOf } from './countersign.ts';
import { eventually } from './eventually.ts';
import type { Provider } from './provider.ts';
import type { RunningProcess } from './running-process.ts';

/** One that does not start ends by itself; on a machine that has others to serve it takes a while. */
const START_MS = 120_000;

/** The status of `/readyz`; undefined when nothing answers. */
export async function readinessOf(health: string): Promise<number | undefined> {
  const response = await fetch(`${health}/readyz`).catch(() => undefined);
  return response?.status;
}

export interface GatewayProcessOptions {
  /** The tree whose program runs. */
  readonly tree: string;
  readonly configFile: string;
  /** The health listener: `http://127.0.0.1:PORT`. */
  readonly health: string;
}

/** Starts a gateway and resolves when it is ready; `onStarted` hears of the process before that. */
export async function startGatewayOf(
  { tree, configFile, health }: GatewayProcessOptions,
  onStarted: (started: RunningProcess) => void,
): Promise<void> {
  const started = startCountersignOf(tree, 'gateway', '--config', configFile);
  onStarted(started);
  let code: number | null | undefined;
  void started.exited.then((exitCode) => {
    code = exitCode;
  });
  const isReady = async () => {
    if (code !== undefined) assert.fail(`the gateway ended with code ${code}:\n${started.output}`);
    return (await readinessOf(health)) === 200;
  };
  await eventually('the gateway is ready', isReady, undefined, START_MS);
}

/** Where an operator asks a gateway. */
export interface ControlPlace {
  /** `https://127.0.0.1:PORT`. */
  readonly control: string;
  readonly caFile: string;
  readonly provider: Provider;
}

/** Resolves when a gateway uses so many connectors of a cluster. */
export async function hasConnectors(place: ControlPlace, cluster: string, count: number): Promise<void> {
  const { control, caFile, provider } = place;
  const [ca, token] = [await readFile(caFile, 'utf8'), await provider.token('operator')];
  await eventually(`${count} connectors of ${cluster} are in use`, async () => {
    const url = `${control}/api/v1/clusters`;
    const { json } = await call({ method: 'GET', url, ca, headers: { authorization: `Bearer ${token}` } });
    const found = json.items?.find(({ name }: { name: string }) => name === cluster);
    return found?.connectors.length >= count;
  });
}
