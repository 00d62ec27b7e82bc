// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { LabError } from '../lab-error.ts';

const run = promisify(execFile);
const SLOTS = 255;

/** Addresses of one node and its pods, different for each lab of a machine. */
export interface NodeNetwork {
  /** The node's address on the loopback interface: the API server refuses nodes at 127.x. */
  readonly address: string;
  readonly podSubnet: string;
}

/**
 * Takes the first free slot: 10.250.N.1 for the node, 10.251.N.0/24 for its pods. Adding an address fails if somebody
 * has it, so two labs that start at once can't take the same.
 * @throws LabError `ERR_LAB_NODE_UNAVAILABLE` if no slot is left
 */
export async function takeNodeNetwork(): Promise<NodeNetwork> {
  const taken = new Set(
    Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []),
  );
  let problem: unknown;
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const address = `10.250.${slot}.1`;
    if (taken.has(address)) continue;
    try {
      await run('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
      return { address, podSubnet: `10.251.${slot}.0/24` };
    } catch (error) {
      problem = error;
    }
  }
  throw new LabError(
    'ERR_LAB_NODE_UNAVAILABLE',
    'no address of 10.250.0.0/16 could be added to the loopback interface',
    {
      cause: problem,
    },
  );
}
