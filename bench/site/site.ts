// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DevelopmentIdp, startDevelopmentIdp } from '@countersign/gateway';
import { formatProgress, type Lab, startLab } from '@countersign/lab';
import { BenchError } from '../bench-error.ts';
import { Child } from './child.ts';
import { CLI } from './cli.ts';
import { freePorts } from './free-ports.ts';
import {
  AGENT,
  AUDIENCE,
  CLUSTER,
  gatewayConfig,
  LOOPER,
  NAMESPACE,
  OPERATOR,
  UPSTREAM_GROUP,
  WRITER,
} from './gateway-config.ts';
import { type LoopbackTls, writeLoopbackTls } from './loopback-tls.ts';
import { writePolicies, writeStreamPolicies } from './policies.ts';
import { SESSION_RULES, sessionRights } from './session-rights.ts';
import { temporaryDir } from './temporary-dir.ts';

const READY_MS = 30_000;

/** The gateway's profile in the directory that was named for it. */
export const PROFILE_NAME = 'gateway.cpuprofile';

export interface SiteOptions {
  /** Where the gateway's CPU profile goes. */
  readonly profileDir?: string | undefined;
  readonly onProgress: (line: string) => void;
  /** Whether there is a node with a pod, in which the agent may exec: under policies of their own, as the baseline asks for that. */
  readonly forStreams?: boolean;
}

/** A whole installation of real parts: a lab without a node, one gateway process, one connector process, a provider. */
export interface Site {
  readonly dir: string;
  readonly lab: Lab;
  readonly tls: LoopbackTls;
  readonly gateway: Child;
  readonly connector: Child;
  /** The cluster at the gateway: `https://127.0.0.1:PORT/clusters/lab`. */
  readonly server: string;
  readonly healthUrl: string;
  readonly evidence: { readonly dir: string; readonly trust: string };
  /** A new token of an agent, good for a quarter of an hour. */
  token(agent: string): Promise<string>;
}

async function fetchToken(provider: DevelopmentIdp, client: string): Promise<string> {
  const { secretFile } = provider.credentials.get(client) ?? {};
  if (secretFile === undefined) throw new BenchError('ERR_BENCH_PROCESS', `the provider does not know ${client}`);
  const secret = (await readFile(secretFile, 'utf8')).trim();
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    signal: AbortSignal.timeout(READY_MS),
  });
  const { access_token: token } = (await response.json()) as { readonly access_token?: string };
  if (token === undefined) throw new BenchError('ERR_BENCH_PROCESS', `the provider gave ${client} no token`);
  return token;
}

async function eventually(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + READY_MS; !(await isSo()); await delay(25)) {
    if (Date.now() > end) throw new BenchError('ERR_BENCH_PROCESS', `not within 30 s: ${what}`);
  }
}

async function startGateway(dir: string, healthUrl: string, profileDir: string | undefined): Promise<Child> {
  const profile =
    profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${PROFILE_NAME}`];
  const args = [...profile, CLI, 'gateway', '--config', join(dir, 'gateway.yaml')];
  const gateway = new Child('the gateway', process.execPath, args, { logFile: join(dir, 'gateway.log') });
  await gateway.until(
    eventually('the gateway is ready', async () => {
      const response = await fetch(`${healthUrl}/readyz`).catch(() => undefined);
      return response?.status === 200;
    }),
  );
  return gateway;
}

async function startConnector(dir: string, lab: Lab, tunnelPort: number, control: string, operator: string) {
  const [tokenFile, joinFile, caFile] = ['operator', 'join-token', 'tunnel-ca.pem'].map((name) => join(dir, name));
  await writeFile(tokenFile as string, operator, { mode: 0o600 });
  const asOperator = ['--control', control, '--ca', join(dir, 'ca.pem'), '--token-file', tokenFile as string];
  const files = ['--out', joinFile as string, '--ca-out', caFile as string];
  const joining = new Child(
    'countersign clusters join-token',
    process.execPath,
    [CLI, 'clusters', 'join-token', CLUSTER, ...asOperator, ...files],
    { logFile: join(dir, 'join-token.log') },
  );
  if ((await joining.ended()) !== 0) await joining.until(new Promise(() => {}));
  const logFile = join(dir, 'connector.log');
  const args = [
    ...[CLI, 'connector', '--gateway', `127.0.0.1:${tunnelPort}`, '--state', join(dir, 'connector')],
    ...['--kubeconfig', lab.connectorKubeconfig, '--join-file', joinFile as string, '--ca', caFile as string],
  ];
  const connector = new Child('the connector', process.execPath, args, { logFile });
  await connector.until(
    eventually('the connector is connected', () => readFileSync(logFile, 'utf8').includes('"event":"connected"')),
  );
  return connector;
}

/** Starts everything; what it starts goes to the stack, in the order of ending. */
export async function startSite(
  { profileDir, onProgress, forStreams = false }: SiteOptions,
  stack: AsyncDisposableStack,
): Promise<Site> {
  const dir = await temporaryDir(stack);
  const programs = `etcd, kube-apiserver, kube-controller-manager, kube-scheduler${forStreams ? ', kubelet' : '; no node'}`;
  onProgress(`starting the lab (${programs})`);
  const bound = forStreams ? { bound: SESSION_RULES } : {};
  const seed = { agents: [AGENT, LOOPER, WRITER], groups: [UPSTREAM_GROUP], namespace: NAMESPACE, ...bound };
  const onLab: NonNullable<Parameters<typeof startLab>[0]>['onProgress'] = (progress) =>
    progress.state === 'running' || onProgress(formatProgress(progress));
  const lab = stack.adopt(await startLab({ name: CLUSTER, node: forStreams, seed, onProgress: onLab }), (one) =>
    one.stop(),
  );
  const provider = stack.adopt(
    await startDevelopmentIdp({
      dir: join(dir, 'identity-provider'),
      audience: AUDIENCE,
      clients: [
        { id: AGENT, groups: [] },
        { id: LOOPER, groups: [] },
        { id: WRITER, groups: [] },
        { id: OPERATOR, groups: ['operators'] },
      ],
      port: 0,
      log: () => {},
    }),
    (one) => one.close(),
  );
  onProgress('starting gateway and connector');
  if (forStreams) await lab.admin.apply(sessionRights(UPSTREAM_GROUP));
  await (forStreams ? writeStreamPolicies : writePolicies)(join(dir, 'policies'));
  const [tls, ports] = [await writeLoopbackTls(dir), await freePorts(['data', 'tunnel', 'control', 'health'])];
  await writeFile(join(dir, 'gateway.yaml'), JSON.stringify(gatewayConfig(dir, ports, tls, provider.issuer)));
  const healthUrl = `http://127.0.0.1:${ports.health}`;
  const gateway = stack.use(await startGateway(dir, healthUrl, profileDir));
  const operator = await fetchToken(provider, OPERATOR);
  const control = `https://127.0.0.1:${ports.control}`;
  const connector = stack.use(await startConnector(dir, lab, ports.tunnel, control, operator));
  return {
    dir,
    lab,
    tls,
    gateway,
    connector,
    healthUrl,
    server: `https://127.0.0.1:${ports.data}/clusters/${CLUSTER}`,
    evidence: { dir: join(dir, 'evidence', 'log'), trust: join(dir, 'data', 'evidence-trust.txt') },
    token: (agent) => fetchToken(provider, agent),
  };
}
