// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Gateway, jsonProcessLog, loadConfig, startDevelopmentIdp, startGateway } from '@countersign/gateway';
import { type Lab, startLab } from '@countersign/lab';
import { CliError } from '../cli-error.ts';
import { writeAgentKubeconfig, writeOwnerFile } from '../kubeconfig/agent-kubeconfig.ts';
import { findCommand } from '../kubeconfig/find-command.ts';
import { announced } from './announced.ts';
import { startConnectorChild } from './connector-child.ts';
import { choosePorts, type UpPorts } from './free-ports.ts';
import type { OwnCluster } from './own-cluster.ts';
import { ownDirectory } from './own-directory.ts';
import { ownManifests } from './own-manifests.ts';
import {
  AGENT,
  APPROVER,
  consoleOrigin,
  preparePolicies,
  prepareTls,
  providerClients,
  writeConfig,
} from './prepare.ts';
import type { ReadyEvent, UpEvent } from './up-event.ts';
import { type UpPaths, upPaths } from './up-paths.ts';

const CONNECT_TIMEOUT_MS = 30_000;
/** A port that was free may be taken by another `up` before it is listened on. */
const PORT_TRIES = 3;

export interface UpOptions {
  readonly dir: string;
  readonly cluster: string;
  /** A cluster of the user's own instead of the lab's. */
  readonly own?: OwnCluster;
  readonly onEvent: (event: UpEvent) => void;
  /** Ends a start that is under way, the building of programs included. */
  readonly signal: AbortSignal;
}

/** What `up` has started. */
export interface Up {
  readonly ready: ReadyEvent;
  /** Resolves when a part ends by itself. */
  readonly failed: Promise<Error>;
  readonly paths: UpPaths;
}

interface Started {
  readonly paths: UpPaths;
  readonly ports: UpPorts;
  readonly gateway: Gateway;
  readonly secretFile: string;
  readonly approverSecretFile: string;
  readonly issuer: string;
}

async function startServer(options: UpOptions, stack: AsyncDisposableStack): Promise<Started> {
  const paths = upPaths(options.dir);
  stack.adopt(await ownDirectory(paths.root), (unlock) => unlock());
  await Promise.all([prepareTls(paths), preparePolicies(paths, options.cluster)]);
  for (let left = PORT_TRIES - 1; ; left -= 1) {
    await using opened = new AsyncDisposableStack();
    try {
      const started = await serveOnFreePorts(options, paths, opened);
      stack.use(opened.move());
      return started;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || left === 0) throw error;
    }
  }
}

async function serveOnFreePorts(options: UpOptions, paths: UpPaths, stack: AsyncDisposableStack): Promise<Started> {
  const ports = await choosePorts(join(paths.root, 'ports.json'));
  const provider = stack.adopt(
    await startDevelopmentIdp({
      dir: paths.provider,
      audience: AGENT.audience,
      ...providerClients(ports),
      port: ports.provider,
      log: (message) => options.onEvent({ event: 'notice', message }),
    }),
    (open) => open.close(),
  );
  await writeConfig(paths, ports, provider, options.cluster);
  const processLog = announced(jsonProcessLog(paths.processLog), (message) =>
    options.onEvent({ event: 'notice', message }),
  );
  const gateway = stack.adopt(await startGateway(await loadConfig(paths.config), processLog), (open) => open.stop());
  const secretFileOf = (id: string) => provider.credentials.get(id)?.secretFile ?? '';
  options.onEvent({
    event: 'gateway',
    data: `https://127.0.0.1:${ports.data}`,
    control: `https://127.0.0.1:${ports.control}`,
    console: consoleOrigin(ports),
    health: `http://127.0.0.1:${ports.health}`,
    issuer: provider.issuer,
  });
  const [secretFile, approverSecretFile] = [secretFileOf(AGENT.id), secretFileOf(APPROVER.id)];
  return { paths, ports, gateway, secretFile, approverSecretFile, issuer: provider.issuer };
}

function startCluster(options: UpOptions, { paths }: Started, stack: AsyncDisposableStack): Promise<Lab> {
  const seed = { agents: [AGENT.id], groups: [AGENT.upstreamGroup], namespace: AGENT.namespace };
  const onProgress: NonNullable<Parameters<typeof startLab>[0]>['onProgress'] = (progress) =>
    options.onEvent({ event: 'progress', ...progress });
  return startLab({ dir: paths.lab, name: options.cluster, seed, onProgress, signal: options.signal }).then((lab) =>
    stack.adopt(lab, (running) => running.stop()),
  );
}

async function connect(
  { paths, ports, gateway }: Started,
  cluster: string,
  { credential, signal }: { readonly credential: readonly string[]; readonly signal: AbortSignal },
  stack: AsyncDisposableStack,
): Promise<{ readonly ended: Promise<Error> }> {
  await rm(paths.connector, { recursive: true, force: true });
  await writeOwnerFile(paths.tunnelCa, gateway.tunnel.caCertificate);
  await writeOwnerFile(paths.joinToken, await gateway.issueJoinToken(cluster));
  const { promise, resolve } = Promise.withResolvers<Error>();
  const child = startConnectorChild({
    args: [
      'connector',
      ...['--gateway', `127.0.0.1:${ports.tunnel}`],
      ...['--ca', paths.tunnelCa],
      ...['--join-file', paths.joinToken],
      ...['--state', join(paths.connector, 'state')],
      ...credential,
    ],
    logFile: paths.connectorLog,
    onExit: (code) => resolve(new CliError(1, `the connector ended with code ${code}; see ${paths.connectorLog}`)),
  });
  stack.adopt(child, (running) => running.stop());
  const timedOut = new CliError(1, `the connector did not connect within 30 s; see ${paths.connectorLog}`);
  const waiting = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
  const connected = gateway.connected(cluster, waiting).catch(() => timedOut);
  const problem = await Promise.race([connected, promise]);
  if (problem instanceof Error) throw problem;
  return { ended: promise };
}

async function writeKubeconfigs({ paths, ports, secretFile, issuer }: Started, cluster: string): Promise<void> {
  await writeAgentKubeconfig({
    path: paths.kubeconfigs.agent,
    agent: AGENT.id,
    cluster,
    server: `https://127.0.0.1:${ports.data}`,
    ca: await readFile(paths.tls.ca, 'utf8'),
    namespace: AGENT.namespace,
    credential: { kind: 'client-secret', issuer, clientId: AGENT.id, secretFile },
    command: findCommand('', process.execPath, process.argv[1] ?? ''),
  });
}

/** Starts gateway, identity provider, cluster and connector; what it starts goes to `stack`, in the order of ending. */
export async function startUp(options: UpOptions, stack: AsyncDisposableStack): Promise<Up> {
  const started = await startServer(options, stack);
  const { paths, gateway, ports, issuer, approverSecretFile } = started;
  const { cluster, own } = options;
  if (own) options.onEvent({ event: 'rbac', manifests: ownManifests(own.context) });
  options.signal.throwIfAborted();
  const lab = own ? undefined : await startCluster(options, started, stack);
  options.signal.throwIfAborted();
  const credential = own
    ? ['--kubeconfig', own.kubeconfig, '--context', own.context]
    : ['--kubeconfig', lab?.connectorKubeconfig ?? ''];
  const { ended } = await connect(started, cluster, { credential, signal: options.signal }, stack);
  // What callers have open ends with the gateway, which tells them why, while there is still a cluster behind it.
  stack.defer(() => gateway.stop());
  await writeKubeconfigs(started, cluster);
  await rm(paths.kubeconfigs.direct, { force: true });
  if (lab) {
    if ('unavailable' in lab.node)
      options.onEvent({ event: 'notice', message: `no node, so no pod runs: ${lab.node.unavailable}` });
    await mkdir(dirname(paths.kubectl), { recursive: true });
    await rm(paths.kubectl, { force: true });
    await symlink(lab.kubectl, paths.kubectl);
    await copyFile(lab.adminKubeconfig, paths.kubeconfigs.direct);
  }
  return {
    paths,
    failed: lab ? Promise.race([lab.failed, ended]) : ended,
    ready: {
      event: 'ready',
      clusters: [{ name: cluster, server: `https://127.0.0.1:${ports.data}/clusters/${cluster}` }],
      kubeconfigs: { agent: paths.kubeconfigs.agent, ...(lab ? { direct: paths.kubeconfigs.direct } : {}) },
      evidence: { dir: gateway.evidence.dir, trust: gateway.evidence.trust },
      control: `https://127.0.0.1:${ports.control}`,
      console: consoleOrigin(ports),
      approver: { issuer, clientId: APPROVER.id, secretFile: approverSecretFile, ca: paths.tls.ca },
    },
  };
}
