// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabFiles } from '../lab-files.ts';
import { freePorts } from '../ports.ts';
import { type LabProcess, type Launcher, untilReady } from '../process/lab-process.ts';
import { retryOnTakenPort } from '../process/retry-on-taken-port.ts';
import type { ProgramName } from '../versions.ts';
import { createKubeClient, type KubeClient } from './kube-client.ts';
import { FRONT_PROXY, type LabPki } from './write-pki.ts';

const READY_TIMEOUT_MS = 90_000;

/** Whom RBAC knows the aggregated API server as. */
export const AGGREGATED_USER = 'sample-apiserver';

/**
 * Audit: everything but the cluster's own components, at Metadata level (no bodies, so no Secret values).
 * @see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Policy
 */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  rules: [
    {
      level: 'None',
      users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler', AGGREGATED_USER],
    },
    { level: 'None', userGroups: ['system:nodes', 'system:serviceaccounts:kube-system'] },
    { level: 'Metadata' },
  ],
};

/** A control plane that answers. */
export interface ControlPlane {
  readonly server: string;
  /** What another API server needs to keep its objects in the same etcd. */
  readonly etcdFlags: readonly string[];
  readonly client: KubeClient;
  readonly processes: readonly LabProcess[];
  readonly adminKubeconfig: string;
}

/** What a control plane is made of. */
export interface ControlPlaneParts {
  readonly files: LabFiles;
  readonly pki: LabPki;
  readonly programs: ReadonlyMap<ProgramName, string>;
  readonly launch: Launcher;
  readonly serviceAccountIssuer: string;
  readonly webSockets: boolean;
}

/**
 * Starts etcd, the API server, the controller manager and the scheduler on 127.0.0.1, and resolves when the API server
 * is ready. If a port was taken between finding and binding it, others are tried.
 * @throws LabError as {@link untilReady}
 */
export async function startControlPlane(parts: ControlPlaneParts): Promise<ControlPlane> {
  await writeFile(join(parts.files.config, 'audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  return retryOnTakenPort((started) => startOnce(parts, started));
}

async function startOnce(parts: ControlPlaneParts, started: LabProcess[]): Promise<ControlPlane> {
  const { files, pki, programs } = parts;
  const [etcdPort, apiPort] = (await freePorts(2)) as [number, number];
  const server = `https://127.0.0.1:${apiPort}`;
  const launch = (name: ProgramName, args: readonly string[]): void => {
    started.push(parts.launch(name, programs.get(name) ?? name, args));
  };
  launch('etcd', etcdFlags(files, pki, etcdPort));
  launch('kube-apiserver', apiServerFlags(parts, etcdPort, apiPort));
  const client = createKubeClient({ server, ca: pki.ca, identity: pki.admin });
  await untilReady({
    what: 'kube-apiserver',
    processes: started,
    timeoutMs: READY_TIMEOUT_MS,
    check: async () => (await client.request('GET', '/readyz')).status === 200,
  });
  for (const name of ['kube-controller-manager', 'kube-scheduler'] as const) {
    const kubeconfig = await pki.kubeconfig(name, server);
    const own = name === 'kube-scheduler' ? [] : controllerManagerFlags(pki);
    launch(name, [...componentFlags(kubeconfig), ...own]);
  }
  const adminKubeconfig = await pki.kubeconfig('admin', server);
  return { server, etcdFlags: etcdClientFlags(pki, etcdPort), client, processes: started, adminKubeconfig };
}

function etcdFlags(files: LabFiles, pki: LabPki, port: number): string[] {
  const [certificate, key] = [pki.file('etcd', 'crt'), pki.file('etcd', 'key')];
  return [
    `--data-dir=${files.etcdData}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=https://127.0.0.1:${port}`,
    `--advertise-client-urls=https://127.0.0.1:${port}`,
    '--listen-peer-urls=https://127.0.0.1:0',
    '--client-cert-auth',
    `--trusted-ca-file=${pki.caFile}`,
    `--cert-file=${certificate}`,
    `--key-file=${key}`,
    '--peer-client-cert-auth',
    `--peer-trusted-ca-file=${pki.caFile}`,
    `--peer-cert-file=${certificate}`,
    `--peer-key-file=${key}`,
  ];
}

/** Those by which an API server speaks WebSocket with callers, or lets kubelets do so. */
const WEBSOCKET_GATES = [
  'ExtendWebSocketsToKubelet',
  'PortForwardWebsockets',
  'TranslateStreamCloseWebsocketRequests',
] as const;

function apiServerFlags(parts: ControlPlaneParts, etcdPort: number, port: number): string[] {
  const { files, pki } = parts;
  return [
    ...etcdClientFlags(pki, etcdPort),
    ...aggregationFlags(pki),
    ...(parts.webSockets ? [] : [`--feature-gates=${WEBSOCKET_GATES.map((gate) => `${gate}=false`).join(',')}`]),
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    // Loopback can't stand in an Endpoints object, and a machine without a network has nothing else to offer.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--client-ca-file=${pki.caFile}`,
    `--tls-cert-file=${pki.file('kube-apiserver', 'crt')}`,
    `--tls-private-key-file=${pki.file('kube-apiserver', 'key')}`,
    '--authorization-mode=Node,RBAC',
    `--service-account-issuer=${parts.serviceAccountIssuer}`,
    `--service-account-key-file=${pki.file('service-account', 'key')}`,
    `--service-account-signing-key-file=${pki.file('service-account', 'key')}`,
    `--kubelet-client-certificate=${pki.file('kubelet-client', 'crt')}`,
    `--kubelet-client-key=${pki.file('kubelet-client', 'key')}`,
    `--kubelet-certificate-authority=${pki.caFile}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--allow-privileged=true',
    '--profiling=false',
    `--audit-policy-file=${join(files.config, 'audit-policy.json')}`,
    `--audit-log-path=${files.auditLog}`,
    // Far beyond what a lab writes: whoever compares this log with another needs it in one file.
    '--audit-log-maxsize=8192',
  ];
}

function etcdClientFlags(pki: LabPki, port: number): string[] {
  return [
    `--etcd-servers=https://127.0.0.1:${port}`,
    `--etcd-cafile=${pki.caFile}`,
    `--etcd-certfile=${pki.file('etcd-client', 'crt')}`,
    `--etcd-keyfile=${pki.file('etcd-client', 'key')}`,
  ];
}

/**
 * How aggregated API servers are reached and told whose request it is. Without kube-proxy no cluster address leads
 * anywhere, so the endpoints of their services are called themselves.
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
 */
function aggregationFlags(pki: LabPki): string[] {
  return [
    `--requestheader-client-ca-file=${pki.file('front-proxy-ca', 'crt')}`,
    `--requestheader-allowed-names=${FRONT_PROXY}`,
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-uid-headers=X-Remote-Uid',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki.file(FRONT_PROXY, 'crt')}`,
    `--proxy-client-key-file=${pki.file(FRONT_PROXY, 'key')}`,
    '--enable-aggregator-routing=true',
  ];
}

function componentFlags(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--secure-port=0',
    '--leader-elect=false',
    '--profiling=false',
  ];
}

function controllerManagerFlags(pki: LabPki): string[] {
  return [
    '--use-service-account-credentials',
    // With the defaults its controllers take five seconds to get their accounts, and a new node five more to be seen.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--node-monitor-period=500ms',
    `--service-account-private-key-file=${pki.file('service-account', 'key')}`,
    `--root-ca-file=${pki.caFile}`,
    `--cluster-signing-cert-file=${pki.caFile}`,
    `--cluster-signing-key-file=${pki.file('ca', 'key')}`,
  ];
}
