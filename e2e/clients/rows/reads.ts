// SPDX-License-Identifier: Apache-2.0
import type { Row } from '../row.ts';

const OUTPUTS = [
  ['wide'],
  ['yaml'],
  ['json'],
  ['name'],
  ['jsonpath={.items[*].metadata.name}'],
  ['jsonpath-as-json={.items[*].kind}'],
  ['custom-columns=NAME:.metadata.name,KIND:.kind'],
  ['go-template={{range .items}}{{.metadata.name}} {{end}}'],
] as const;
const KINDS = ['configmaps', 'secrets', 'deployments', 'pods,services'] as const;

function read(name: string, ...steps: readonly (readonly string[])[]): Row {
  return { name, program: 'kubectl', steps };
}

const inEveryFormat = OUTPUTS.map(([output]) =>
  read(`get -o ${output.replace(/=.*/, '')}`, ...KINDS.map((kind) => ['get', kind, '-o', output])),
);

/** Rows that change nothing: they share one namespace. */
export const READS: readonly Row[] = [
  read('get', ['get', 'all'], ...KINDS.map((kind) => ['get', kind])),
  ...inEveryFormat,
  read(
    'get with its options',
    ['get', 'configmaps', '--show-labels'],
    ['get', 'configmaps', '-L', 'app', '--no-headers'],
    ['get', 'configmaps,secrets', '-l', 'app=shop', '--show-kind'],
    ['get', 'configmaps', '--sort-by=.metadata.name', '--chunk-size=1'],
    ['get', 'configmaps', '--field-selector=metadata.name=settings', '-o', 'yaml', '--show-managed-fields'],
    ['get', 'configmap/settings', 'secret/database', '-o', 'yaml'],
    ['get', 'configmaps', '--server-print=false'],
    ['get', 'secret', 'database', '-o', 'go-template={{.data.password}}'],
  ),
  {
    name: 'cluster-info dump',
    program: 'kubectl',
    steps: [['cluster-info', 'dump', '--namespaces=kube-public', '--output-directory=dump']],
  },
  {
    name: 'get of what is not there',
    program: 'kubectl',
    steps: [
      ['get', 'configmap', 'none'],
      ['get', 'nonsense'],
      ['get', 'configmap', 'none', '--ignore-not-found'],
      ['get', 'configmaps', '-l', 'app=none'],
    ],
    codes: [1, 1, 0, 0],
  },
  // Of a ConfigMap with several keys an old kubectl shows them in any order.
  read('describe', ['describe', 'configmap', 'motto'], ['describe', 'secrets'], ['describe', 'deployment', 'shop']),
  read('describe of a pod and a service', ['describe', 'pod', 'web'], ['describe', 'service', 'shop']),
  read(
    'explain',
    ['explain', 'deployment.spec.strategy'],
    ['explain', 'secret', '--recursive'],
    ['explain', 'flunders', '--api-version=wardle.example.com/v1alpha1'],
  ),
  read(
    'api-resources, api-versions',
    ['api-resources'],
    ['api-resources', '-o', 'wide', '--sort-by=name'],
    ['api-versions'],
  ),
  read('version, cluster-info', ['version', '-o', 'yaml'], ['cluster-info']),
  read('events', ['events'], ['get', 'events', '-o', 'yaml'], ['events', '--for=pod/web', '-o', 'json']),
  { name: 'top, which nobody serves', program: 'kubectl', steps: [['top', 'pods']], codes: [1] },
  { name: 'logs of a pod that never ran', program: 'kubectl', steps: [['logs', 'web']], codes: [0] },
  read(
    'rollout status and history',
    ['rollout', 'status', 'deployment/shop', '--timeout=20s'],
    ['rollout', 'history', 'deployment/shop'],
  ),
  read('wait for what is so', ['wait', 'deployment/shop', '--for=condition=Available', '--timeout=20s']),
  {
    name: 'wait for what does not come',
    program: 'kubectl',
    steps: [['wait', 'pod/web', '--for=condition=Ready', '--timeout=1s']],
    codes: [1],
  },
  {
    name: 'diff',
    program: 'kubectl',
    steps: [
      ['diff', '-f', 'settings.json'],
      ['diff', '--server-side', '--force-conflicts', '-f', 'settings.json'],
    ],
    files: {
      'settings.json': {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', labels: { app: 'shop' } },
        data: { currency: 'USD' },
      },
    },
    codes: [1, 1],
  },
];
