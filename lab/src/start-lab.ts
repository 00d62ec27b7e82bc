// SPDX-License-Identifier: Apache-2.0
import { labCacheDir } from './cache.ts';
import { type Claim, claimMachine } from './claim.ts';
import { startAggregatedApi } from './cluster/aggregated-api.ts';
import { createConnectorCredential } from './cluster/connector-credential.ts';
import { type ControlPlane, startControlPlane } from './cluster/control-plane.ts';
import { seedCluster } from './cluster/seed.ts';
import { type LabPki, writePki } from './cluster/write-pki.ts';
import type { Lab, LabOptions } from './lab.ts';
import { LabError } from './lab-error.ts';
import { type ContainerRuntime, startContainerRuntime } from './node/container-runtime.ts';
import { type NodeSupport, nodeSupport } from './node/node-support.ts';
import { type LabNode, startKubelet } from './node/start-kubelet.ts';
import { exitError, type LabProcess } from './process/lab-process.ts';
import { runRegistryDir } from './process/run-record.ts';
import { type ResolvedPrograms, resolvePrograms } from './programs/resolve-programs.ts';
import { type ProgressListener, withStep } from './progress.ts';
import type { ProgramName } from './versions.ts';

const CLUSTER_NAME = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** What a lab runs: with a node also the kubelet. */
export const LAB_PROGRAMS: readonly ProgramName[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
];

/** What is known once the machine is claimed, before anything runs. */
interface Plan {
  readonly name: string;
  readonly options: LabOptions;
  readonly onProgress: ProgressListener;
  readonly support: NodeSupport;
  readonly programs: ResolvedPrograms;
  readonly claim: Claim;
  readonly serviceAccountIssuer: string;
}

/**
 * Starts a cluster: etcd, API server, controller manager, scheduler and, where the machine can, a node with containerd
 * and a kubelet. Resolves when the API server and the node are ready and everything is seeded.
 *
 * Labs of one machine share no port, address or directory. What a killed lab left behind is taken back first.
 * @throws LabError with what is missing, or which program did not start and where its log is
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const name = options.name ?? 'lab';
  const onProgress = options.onProgress ?? (() => {});
  if (!CLUSTER_NAME.test(name)) {
    throw new LabError('ERR_LAB_OPTION', `${JSON.stringify(name)}: a lab's name is up to 32 of a-z, 0-9 and "-"`);
  }
  const support = options.node === false ? { unavailable: 'not asked for' } : await nodeSupport();
  if (options.node === true && 'unavailable' in support) {
    throw new LabError('ERR_LAB_NODE_UNAVAILABLE', `no node can run here: ${support.unavailable}`);
  }
  const wanted: readonly ProgramName[] = [
    ...LAB_PROGRAMS,
    ...('unavailable' in support ? [] : (['kubelet'] as const)),
    ...(options.aggregatedApi ? (['sample-apiserver'] as const) : []),
  ];
  const programs = await resolvePrograms(wanted, options);
  const registryDir = runRegistryDir(options.cacheDir ?? labCacheDir(options.env));
  const claim = await claimMachine(registryDir, { name, dir: options.dir });
  const serviceAccountIssuer = `https://kubernetes.${name}-${claim.id}.lab.internal`;
  try {
    options.signal?.throwIfAborted();
    return await bringUp({ name, options, onProgress, support, programs, claim, serviceAccountIssuer });
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function bringUp(plan: Plan): Promise<Lab> {
  const { claim, support, onProgress } = plan;
  const of = 'unavailable' in support ? 2 : 3;
  const { webSockets = true } = plan.options;
  const pki = await writePki(claim.files, plan.name);
  const [plane, runtime] = await withStep(onProgress, { phase: 'start', what: 'control plane', step: 1, of }, () =>
    bothOrNeither(
      startControlPlane({
        ...plan,
        webSockets,
        files: claim.files,
        pki,
        programs: plan.programs.paths,
        launch: claim.launch,
      }),
      'unavailable' in support ? Promise.resolve(undefined) : startContainerRuntime(claim, support),
    ),
  );
  plan.options.signal?.throwIfAborted();
  const node = await joinNode(plan, pki, plane, runtime);
  plan.options.signal?.throwIfAborted();
  const aggregated = await aggregate(plan, pki, plane, node);
  const processes = [...plane.processes, ...(node?.processes ?? []), ...aggregated];
  return withStep(onProgress, { phase: 'seed', what: 'objects and access rules', step: of, of }, () =>
    furnish(plan, pki, plane, node, processes),
  );
}

/** Awaits both even if one fails, so that a failed start never has a part that still goes on. */
async function bothOrNeither<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

async function joinNode(
  plan: Plan,
  pki: LabPki,
  plane: ControlPlane,
  runtime: ContainerRuntime | undefined,
): Promise<LabNode | undefined> {
  if (!runtime) return undefined;
  const kubelet = plan.programs.paths.get('kubelet') ?? 'kubelet';
  const nodeName = `${plan.name}-node`;
  return withStep(plan.onProgress, { phase: 'node', what: 'kubelet', step: 2, of: 3 }, () =>
    startKubelet({
      claim: plan.claim,
      runtime,
      plane,
      pki,
      nodeName,
      kubelet,
      webSockets: plan.options.webSockets ?? true,
    }),
  );
}

async function aggregate(
  { options, claim, programs }: Plan,
  pki: LabPki,
  plane: ControlPlane,
  node: LabNode | undefined,
): Promise<readonly LabProcess[]> {
  if (!options.aggregatedApi) return [];
  const program = programs.paths.get('sample-apiserver') ?? 'sample-apiserver';
  return [await startAggregatedApi({ plane, pki, program, launch: claim.launch, nodeAddress: node?.address })];
}

async function furnish(
  plan: Plan,
  pki: LabPki,
  plane: ControlPlane,
  node: LabNode | undefined,
  processes: readonly LabProcess[],
): Promise<Lab> {
  const { claim, name, support } = plan;
  const { client, server } = plane;
  const seeded = await seedCluster(client, plan.options.seed ?? {}, node !== undefined, processes);
  const { caFile } = pki;
  const credential = await createConnectorCredential({ files: claim.files, client, clusterName: name, server, caFile });
  const { body } = await client.request('GET', '/version');
  let stopping = false;
  return {
    name,
    dir: claim.files.dir,
    server,
    caFile,
    adminKubeconfig: plane.adminKubeconfig,
    connectorKubeconfig: credential.kubeconfig,
    connectorTokenFile: credential.tokenFile,
    renewConnectorToken: credential.renew,
    auditLogFile: claim.files.auditLog,
    serviceAccountIssuer: plan.serviceAccountIssuer,
    version: body.gitVersion,
    kubectl: plan.programs.paths.get('kubectl') ?? 'kubectl',
    node: node
      ? { name: node.name, address: node.address }
      : { unavailable: 'unavailable' in support ? support.unavailable : '' },
    seeded,
    admin: client,
    failed: firstFailure(processes, () => stopping),
    stop: async () => {
      stopping = true;
      credential.stop();
      client.close();
      await claim.release();
    },
  };
}

/** Pending for ever in a lab that is stopped. */
function firstFailure(processes: readonly LabProcess[], isStopping: () => boolean): Promise<LabError> {
  return new Promise((resolve) => {
    for (const process of processes) {
      void process.exited.then(async () => {
        if (!isStopping()) resolve(await exitError(process));
      });
    }
  });
}
