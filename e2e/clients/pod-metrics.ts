// SPDX-License-Identifier: Apache-2.0
import type { Lab } from '@countersign/lab';
import { untilDiscovered } from '../fixtures/until-discovered.ts';
import { eventually } from '../installation/eventually.ts';

const METRICS = '/apis/metrics.k8s.io/v1beta1';

/** The API of metrics as a custom resource: `kubectl top` asks for it, and without nodes nobody serves it. */
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: 'pods.metrics.k8s.io',
    annotations: { 'api-approved.kubernetes.io': 'unapproved, it stands in for a metrics server in tests' },
  },
  spec: {
    group: 'metrics.k8s.io',
    scope: 'Namespaced',
    names: { plural: 'pods', singular: 'podmetrics', kind: 'PodMetrics', listKind: 'PodMetricsList' },
    versions: [
      {
        name: 'v1beta1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/** Has the cluster serve metrics of pods. */
export async function serveMetrics(lab: Lab): Promise<void> {
  const { admin } = lab;
  await admin.apply([definition]);
  await eventually('metrics are served', async () => (await admin.request('GET', `${METRICS}/pods`)).status === 200);
  // What a client has learnt of the API it keeps: none may learn of one without them.
  await untilDiscovered(lab, 'pods.metrics.k8s.io');
}

/** What the pod `web` of a namespace takes. */
export async function givenMetrics({ admin }: Lab, namespace: string): Promise<void> {
  const metrics = {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name: 'web', labels: { app: 'web' } },
    timestamp: '2026-01-01T08:00:00Z',
    window: '30s',
    containers: [{ name: 'main', usage: { cpu: '250m', memory: '20Mi' } }],
  };
  const { status, body } = await admin.request('POST', `${METRICS}/namespaces/${namespace}/pods`, metrics);
  if (status !== 201) throw new TypeError(`no metrics in ${namespace}: ${status} ${body.message}`);
}
