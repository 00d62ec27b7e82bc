// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Claim } from '../claim.ts';
import { type LabProcess, untilReady } from '../process/lab-process.ts';
import { buildImageArchive } from './busybox-image.ts';
import { takeNodeNetwork } from './node-address.ts';
import { containerdConfig, NODE_INIT, networkConfig, RUNTIME_SOCKET } from './node-config.ts';
import type { NodeParts } from './node-support.ts';

const run = promisify(execFile);
const READY_TIMEOUT_MS = 30_000;

/** A running containerd with the lab's images, in namespaces of its own. */
export interface ContainerRuntime {
  readonly process: LabProcess;
  readonly address: string;
  /** Arguments of `nsenter` that come before a command that is to run inside the node. */
  readonly enter: readonly string[];
}

/** Starts a node's namespaces and containerd, and imports the images that pods of the lab run. */
export async function startContainerRuntime(claim: Claim, parts: NodeParts): Promise<ContainerRuntime> {
  const home = claim.files.node;
  const { address, podSubnet } = await takeNodeNetwork();
  claim.record.holdAddress(address);
  const config = join(claim.files.config, 'containerd.toml');
  const images = join(home, 'images.tar');
  await mkdir(join(home, 'cni'), { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'cni', '10-lab.conflist'), JSON.stringify(networkConfig(podSubnet)));
  await writeFile(config, containerdConfig(parts.networkPluginDir));
  await writeImages(parts.busybox, images);
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child=KILL'];
  const process = claim.launch('containerd', 'unshare', [...namespaces, 'sh', '-c', NODE_INIT, 'node', home, config]);
  const wait = (what: string, check: () => Promise<boolean>): Promise<void> =>
    untilReady({ what, processes: [process], timeoutMs: READY_TIMEOUT_MS, check });
  let init = 0;
  await wait('the node', async () => {
    init = Number.parseInt(await readFile(join(home, 'init.pid'), 'utf8'), 10);
    return init > 0;
  });
  claim.record.addProcess(init);
  const enter = ['--target', String(init), '--mount', '--pid', '--'];
  const ctr = [...enter, 'ctr', '--address', RUNTIME_SOCKET, '--namespace', 'k8s.io'];
  await wait('containerd', async () => {
    await run('nsenter', [...ctr, 'version']);
    return true;
  });
  await run('nsenter', [...ctr, 'images', 'import', '--snapshotter', 'native', images]);
  return { process, address, enter };
}

async function writeImages(busybox: string, path: string): Promise<void> {
  const { stdout } = await run(busybox, ['--list']);
  const applets = stdout.split('\n').filter((line) => line !== '');
  await writeFile(path, buildImageArchive(await readFile(busybox), applets));
}
