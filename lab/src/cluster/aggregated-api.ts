// SPDX-License-Identifier: Apache-2.0
import { networkInterfaces } from 'node:os';
import type { Manifest } from '@countersign/wire';
import { LabError } from '../lab-error.ts';
import { freePorts } from '../ports.ts';
import { type LabProcess, type Launcher, untilReady } from '../process/lab-process.ts';
import { retryOnTakenPort } from '../process/retry-on-taken-port.ts';
import { AGGREGATED_USER, type ControlPlane } from './control-plane.ts';
import type { LabPki } from './write-pki.ts';

const READY_TIMEOUT_MS = 60_000;
const GROUP = 'wardle.example.com';
const VERSIONS = ['v1alpha1', 'v1beta1'] as const;
const SERVICE = { namespace: 'wardle', name: 'api' } as const;
const RBAC = 'rbac.authorization.k8s.io';

/** What an aggregated API server needs of the cluster that it joins. */
export interface AggregatedApiParts {
  readonly plane: ControlPlane;
  readonly pki: LabPki;
  /** Path of sample-apiserver. */
  readonly program: string;
  readonly launch: Launcher;
  /** Default: the first address of this machine that is not loopback. */
  readonly nodeAddress: string | undefined;
}

/**
 * Starts sample-apiserver on an address that a Service may have as its endpoint, registers its group with the API
 * server, and resolves when that answers for it.
 * @throws LabError `ERR_LAB_OPTION` on a machine without such an address, or as {@link untilReady}
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/
 */
export async function startAggregatedApi(parts: AggregatedApiParts): Promise<LabProcess> {
  const { plane, pki } = parts;
  const address = parts.nodeAddress ?? machineAddress();
  const { namespace, name } = SERVICE;
  await pki.issue(AGGREGATED_USER, {
    commonName: AGGREGATED_USER,
    dnsNames: [`${name}.${namespace}.svc`],
    addresses: [address],
  });
  await plane.client.apply(accessRights());
  return retryOnTakenPort((started) => startOnce(parts, address, started));
}

async function startOnce(parts: AggregatedApiParts, address: string, started: LabProcess[]): Promise<LabProcess> {
  const { plane, pki, program, launch } = parts;
  const [port] = (await freePorts(1)) as [number];
  const kubeconfig = await pki.kubeconfig(AGGREGATED_USER, plane.server);
  const server = launch('sample-apiserver', program, [
    ...plane.etcdFlags,
    `--bind-address=${address}`,
    `--secure-port=${port}`,
    `--tls-cert-file=${pki.file(AGGREGATED_USER, 'crt')}`,
    `--tls-private-key-file=${pki.file(AGGREGATED_USER, 'key')}`,
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--profiling=false',
  ]);
  started.push(server);
  await plane.client.apply(registration(address, port, pki.ca));
  await untilReady({
    what: GROUP,
    processes: [...plane.processes, server],
    timeoutMs: READY_TIMEOUT_MS,
    check: async () => {
      const paths = VERSIONS.map((version) => `/apis/${GROUP}/${version}/flunders`);
      const answers = await Promise.all(paths.map((path) => plane.client.request('GET', path)));
      return answers.every(({ status }) => status === 200);
    },
  });
  return server;
}

/** The API server refuses endpoints at 127.x and 169.254.x. */
function machineAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const found = all.find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
  );
  if (found) return found.address;
  throw new LabError('ERR_LAB_OPTION', 'an aggregated API needs a node, or an IPv4 address other than loopback');
}

/** The Service has no selector: its one endpoint is named by hand. */
function registration(address: string, port: number, ca: string): readonly Manifest[] {
  const { namespace, name } = SERVICE;
  const labels = { 'kubernetes.io/service-name': name };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: { ports: [{ port: 443, targetPort: port, protocol: 'TCP' }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace, name, labels },
      addressType: 'IPv4',
      ports: [{ name: '', port, protocol: 'TCP' }],
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
    },
    ...VERSIONS.map((version, index) => ({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `${version}.${GROUP}` },
      spec: {
        group: GROUP,
        version,
        groupPriorityMinimum: 1000,
        versionPriority: 10 + index,
        service: { namespace, name, port: 443 },
        caBundle: Buffer.from(ca).toString('base64'),
      },
    })),
  ];
}

/** To ask who somebody is and what they may do, to read the front proxy's authority, and what every API server reads. */
function accessRights(): readonly Manifest[] {
  const subjects = [{ apiGroup: RBAC, kind: 'User', name: AGGREGATED_USER }];
  const apiVersion = `${RBAC}/v1`;
  const metadata = { name: AGGREGATED_USER };
  const role = (kind: string, name: string) => ({ apiGroup: RBAC, kind, name });
  const read = ['get', 'list', 'watch'];
  const rules = [
    { apiGroups: [''], resources: ['namespaces'], verbs: read },
    { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: read },
    { apiGroups: ['flowcontrol.apiserver.k8s.io'], resources: ['*'], verbs: read },
  ];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SERVICE.namespace } },
    { apiVersion, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: role('ClusterRole', AGGREGATED_USER),
      subjects,
    },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: `${AGGREGATED_USER}-delegates` },
      roleRef: role('ClusterRole', 'system:auth-delegator'),
      subjects,
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { ...metadata, namespace: 'kube-system' },
      roleRef: role('Role', 'extension-apiserver-authentication-reader'),
      subjects,
    },
  ];
}
