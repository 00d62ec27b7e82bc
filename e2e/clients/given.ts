// SPDX-License-Identifier: Apache-2.0
import type { Lab } from '@countersign/lab';
import { eventually } from '../installation/eventually.ts';
import { CANARY } from './canaries.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A container with credentials where there should be none. */
const CARELESS = {
  name: 'vault',
  image: 'registry.example/vault:1',
  args: ['--token', CANARY],
  env: [
    { name: 'MODE', value: 'loud' },
    { name: 'DB_PASSWORD', value: CANARY },
  ],
};

/** What every namespace of the matrix holds before its row runs. Nothing of it is ever scheduled. */
function objects(namespace: string) {
  const metadata = (name: string, more: object = {}) => ({ namespace, name, ...more });
  const copy = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'database' }, stringData: { password: CANARY } };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('robot') },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('settings', { labels: { app: 'shop' } }),
      data: { currency: 'EUR', 'page-size': '25', theme: 'light' },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('motto'), data: { motto: 'always open' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('login'), data: { 'login.env': `PASSWORD=${CANARY}` } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('database', {
        labels: { app: 'shop' },
        annotations: { [LAST_APPLIED]: JSON.stringify(copy) },
      }),
      stringData: { password: CANARY },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata('web', { labels: { app: 'web' } }),
      spec: {
        serviceAccountName: 'robot',
        automountServiceAccountToken: false,
        schedulerName: 'nobody',
        containers: [{ name: 'main', image: 'registry.example/web:1' }],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('shop', { labels: { app: 'shop' } }),
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'shop' } },
        template: {
          metadata: { labels: { app: 'shop' } },
          spec: { serviceAccountName: 'robot', containers: [{ name: 'shop', image: 'registry.example/shop:1' }] },
        },
      },
    },
    // Without an address of its own: the API server now and then warns, by an event, that it repairs a new one.
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('vault'),
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'vault' } },
        template: { metadata: { labels: { app: 'vault' } }, spec: { containers: [CARELESS] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('shop'),
      spec: { clusterIP: 'None', selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: metadata('web.opened'),
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: 'web' },
      type: 'Normal',
      reason: 'Opened',
      message: 'The shop is open',
      source: { component: 'door' },
      firstTimestamp: '2026-01-01T08:00:00Z',
      lastTimestamp: '2026-01-01T08:00:00Z',
      count: 1,
    },
  ];
}

/** Makes a namespace and fills it, and waits until the controllers have added all that they add. */
export async function givenNamespace({ admin }: Lab, namespace: string): Promise<void> {
  await admin.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, ...objects(namespace)]);
  const core = `/api/v1/namespaces/${namespace}`;
  await eventually(`${namespace} is complete`, async () => {
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const [account, authority, ...made] = await Promise.all([
      admin.request('GET', `${core}/serviceaccounts/default`),
      admin.request('GET', `${core}/configmaps/kube-root-ca.crt`),
      admin.request('GET', `${deployments}/shop`),
      admin.request('GET', `${deployments}/vault`),
    ]);
    const added = account.status === 200 && authority.status === 200;
    return added && made.every(({ body }) => body.status?.conditions?.length === 2);
  });
}
