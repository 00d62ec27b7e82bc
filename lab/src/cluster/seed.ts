// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { agentGroupManifests, type BoundRule, connectorManifests, type Manifest } from '@countersign/wire';
import { BUSYBOX_IMAGE } from '../node/busybox-image.ts';
import type { LabProcess } from '../process/lab-process.ts';
import { untilReady } from '../process/lab-process.ts';
import { CONNECTOR_ACCOUNT } from './connector-credential.ts';
import type { KubeClient } from './kube-client.ts';

const WAIT_MS = 60_000;

/** What a lab's cluster holds from the start. */
export interface SeedOptions {
  /** Ids of agents that the connector may impersonate; default `demo`. */
  readonly agents?: readonly string[];
  /** Groups of agents: the connector may impersonate them, and they may read the namespace; default `countersign:demo`. */
  readonly groups?: readonly string[];
  /** The namespace that is seeded; default `demo`. */
  readonly namespace?: string;
  /** The most that the connector may do as an agent; default: as `countersign clusters manifests` has it. */
  readonly bound?: readonly BoundRule[];
}

/** What was seeded, with every default filled in. */
export interface Seeded extends Required<Omit<SeedOptions, 'bound'>> {
  /** Name of the Secret with fields `username` and `password`, the password made of random bytes. */
  readonly secret: string;
  readonly configMap: string;
  /** Name of the pod that writes a line to its log every second; undefined where the lab has no node. */
  readonly pod: string | undefined;
}

/**
 * Puts the demonstration objects and the RBAC of connector and agents into the cluster, and waits until the pod runs.
 * @throws LabError `ERR_LAB_API` if an object is refused, `ERR_LAB_NOT_READY` if the pod doesn't run within 60 s
 */
export async function seedCluster(
  client: KubeClient,
  options: SeedOptions,
  node: boolean,
  processes: readonly LabProcess[],
): Promise<Seeded> {
  const namespace = options.namespace ?? 'demo';
  const agents = options.agents ?? ['demo'];
  const groups = options.groups ?? ['countersign:demo'];
  await client.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...connectorManifests({
      serviceAccount: CONNECTOR_ACCOUNT,
      agents,
      groups,
      impersonation: 'constrained',
      ...(options.bound ? { bound: options.bound } : {}),
    }),
    ...groups.flatMap((group, index) => groupManifests(group, namespace, index)),
    databaseSecret(namespace),
    settings(namespace),
  ]);
  if (node) await startWebPod(client, namespace, processes);
  return { namespace, agents, groups, secret: 'database', configMap: 'settings', pod: node ? 'web' : undefined };
}

/** One role does for all groups; each further group needs a binding of its own name. */
function groupManifests(group: string, namespace: string, index: number): readonly Manifest[] {
  const manifests = agentGroupManifests({ group, namespace });
  if (index === 0) return manifests;
  return manifests
    .filter(({ kind }) => kind === 'RoleBinding')
    .map((binding) => ({ ...binding, metadata: { ...binding.metadata, name: `${binding.metadata.name}-${index}` } }));
}

function databaseSecret(namespace: string): Manifest {
  const password = randomBytes(18).toString('base64url');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'database', namespace },
    type: 'Opaque',
    stringData: { username: 'shop', password },
  };
}

function settings(namespace: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace },
    data: { currency: 'EUR', 'page-size': '25', theme: 'light' },
  };
}

async function startWebPod(client: KubeClient, namespace: string, processes: readonly LabProcess[]): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}`;
  const wait = (what: string, check: () => Promise<boolean>): Promise<void> =>
    untilReady({ what, processes, timeoutMs: WAIT_MS, check });
  // A pod that comes before its namespace's default service account is refused, not queued.
  await wait('the default service account', async () => {
    const { status } = await client.request('GET', `${path}/serviceaccounts/default`);
    return status === 200;
  });
  await client.apply([webPod(namespace)]);
  await wait('pod web', async () => {
    const { body } = await client.request('GET', `${path}/pods/web`);
    return body.status?.conditions?.some(isReadyCondition) ?? false;
  });
}

function isReadyCondition(condition: { type: string; status: string }): boolean {
  return condition.type === 'Ready' && condition.status === 'True';
}

/** Serves a page on port 8080 and logs once a second, as a small shop would. */
function webPod(namespace: string): Manifest {
  const script = [
    "trap 'exit 0' TERM",
    'mkdir -p /tmp/www && echo "open for business" > /tmp/www/index.html && httpd -p 8080 -h /tmp/www',
    'n=0',
    'while true; do n=$((n+1)); echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) order $n shipped"; sleep 1 & wait $!; done',
  ].join('\n');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace, labels: { app: 'web' } },
    spec: {
      containers: [
        {
          name: 'web',
          image: BUSYBOX_IMAGE,
          imagePullPolicy: 'IfNotPresent',
          command: ['/bin/sh', '-c', script],
          ports: [{ containerPort: 8080 }],
        },
      ],
    },
  };
}
