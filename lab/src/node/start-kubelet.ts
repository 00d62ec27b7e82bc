// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Claim } from '../claim.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';
import type { LabPki } from '../cluster/write-pki.ts';
import { type LabProcess, untilReady } from '../process/lab-process.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { kubeletConfig, NODE_HOME } from './node-config.ts';

const READY_TIMEOUT_MS = 60_000;

/** A node that is Ready. */
export interface LabNode {
  readonly name: string;
  readonly address: string;
  readonly processes: readonly LabProcess[];
}

/** Starts the kubelet beside its container runtime and waits until the node is Ready. */
export async function startKubelet(options: {
  readonly claim: Claim;
  readonly runtime: ContainerRuntime;
  readonly plane: ControlPlane;
  readonly pki: LabPki;
  readonly nodeName: string;
  readonly kubelet: string;
  readonly webSockets: boolean;
}): Promise<LabNode> {
  const { claim, runtime, plane, pki, nodeName: name } = options;
  const { address } = runtime;
  await pki.issue('kubelet', {
    commonName: `system:node:${name}`,
    organizations: ['system:nodes'],
    addresses: [address],
    dnsNames: [name],
  });
  const [certificate, key] = [pki.file('kubelet', 'crt'), pki.file('kubelet', 'key')];
  const kubeconfig = await pki.kubeconfig('kubelet', plane.server);
  const config = join(claim.files.config, 'kubelet.json');
  const settings = kubeletConfig({ address, caFile: pki.caFile, certificate, key, webSockets: options.webSockets });
  await writeFile(config, JSON.stringify(settings));
  const kubelet = claim.launch('kubelet', 'nsenter', [
    ...runtime.enter,
    options.kubelet,
    `--config=${config}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${name}`,
    `--node-ip=${address}`,
    `--root-dir=${NODE_HOME}/kubelet`,
    `--cert-dir=${NODE_HOME}/kubelet/pki`,
  ]);
  const processes = [runtime.process, kubelet];
  await untilReady({
    what: `node ${name}`,
    processes: [...plane.processes, ...processes],
    timeoutMs: READY_TIMEOUT_MS,
    check: async () => isReady((await plane.client.request('GET', `/api/v1/nodes/${name}`)).body),
  });
  return { name, address, processes };
}

function isReady(node: { status?: { conditions?: { type: string; status: string }[] } }): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
