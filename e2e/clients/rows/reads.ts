// SPDX-License-Identifier: Apache-2.0
import type { Row } from '../row.ts';

const NAMES = '{.items[*].metadata.name}';
const TEMPLATE = '{{range .items}}{{.metadata.name}} {{end}}';

/** Every output format of `get`, with the arguments that ask for it. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  wide: ['-o', 'wide'],
  yaml: ['-o', 'yaml'],
  json: ['-o', 'json'],
  name: ['-o', 'name'],
  jsonpath: ['-o', `jsonpath=${NAMES}`],
  'jsonpath-as-json': ['-o', 'jsonpath-as-json={.items[*].kind}'],
  'jsonpath-file': ['-o', 'jsonpath-file=names.jsonpath'],
  'custom-columns': ['-o', 'custom-columns=NAME:.metadata.name,KIND:.kind'],
  'custom-columns-file': ['-o', 'custom-columns-file=columns.txt'],
  'go-template': ['-o', `go-template=${TEMPLATE}`],
  'go-template-file': ['-o', 'go-template-file=names.tmpl'],
  template: ['-o', 'template', `--template=${TEMPLATE}`],
  templatefile: ['-o', 'templatefile=names.tmpl'],
};
const FORMAT_FILES = {
  'names.jsonpath': NAMES,
  'names.tmpl': TEMPLATE,
  'columns.txt': 'NAME KIND\nmetadata.name kind\n',
};
const KINDS = ['configmaps', 'secrets', 'deployments', 'pods,services'] as const;

function read(name: string, ...steps: readonly (readonly string[])[]): Row {
  return { name, program: 'kubectl', steps };
}

const inFormat = (format: readonly string[]) => KINDS.map((kind) => ['get', kind, ...format]);
const inEveryFormat = Object.entries(FORMATS).map(
  ([name, format]): Row => ({ ...read(`get -o ${name}`, ...inFormat(format)), files: FORMAT_FILES }),
);

const CHANGED_VAULT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'vault' },
  spec: {
    selector: { matchLabels: { app: 'vault' } },
    template: {
      metadata: { labels: { app: 'vault' } },
      spec: { containers: [{ name: 'vault', image: 'registry.example/vault:2' }] },
    },
  },
};

/** Rows that change nothing: they share one namespace. */
export const READS: readonly Row[] = [
  read('get', ['get', 'all'], ...KINDS.map((kind) => ['get', kind])),
  ...inEveryFormat,
  { ...read('get -o kyaml', ...inFormat(['-o', 'kyaml'])), since: 35 },
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
    ['get', 'configmaps', '-o', 'json', '--chunk-size=1'],
    ['get', 'deployment', 'shop', '--subresource=status', '-o', 'jsonpath={.status.conditions[*].type}'],
    ['get', 'secrets', '-o', 'json', '--show-managed-fields'],
  ),
  // Older ones take a raw path for the whole of the URL's, and so miss the cluster's.
  {
    ...read(
      'get --raw',
      ['get', '--raw', '/api/v1/namespaces/NAMESPACE/configmaps?limit=2'],
      ['get', '--raw', '/api/v1/namespaces/NAMESPACE/secrets/database'],
      ['get', '--raw', '/apis'],
      ['get', '--raw', '/openapi/v3/apis/policy/v1'],
      ['get', '--raw', '/readyz?verbose'],
      ['get', '--raw', '/api/v1/namespaces/NAMESPACE/configmaps/none'],
    ),
    codes: [0, 0, 0, 0, 0, 1],
    since: 34,
  },
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
  read(
    'describe',
    ['describe', 'configmap', 'motto'],
    ['describe', 'configmap', 'login'],
    ['describe', 'secrets'],
    ['describe', 'deployment', 'shop'],
    ['describe', 'deployment', 'vault'],
  ),
  read('describe of a pod and a service', ['describe', 'pod', 'web'], ['describe', 'service', 'shop']),
  read(
    'explain',
    ['explain', 'deployment.spec.strategy'],
    ['explain', 'secret', '--recursive'],
    ['explain', 'flunders', '--api-version=wardle.example.com/v1alpha1'],
    ['explain', 'configmaps', '--output=plaintext-openapiv2'],
  ),
  read(
    'api-resources, api-versions',
    ['api-resources'],
    ['api-resources', '-o', 'wide', '--sort-by=name'],
    ['api-resources', '--namespaced', '--verbs=list,watch', '-o', 'name', '--sort-by=kind'],
    ['api-versions'],
  ),
  read('version, cluster-info', ['version', '-o', 'yaml'], ['cluster-info']),
  read(
    'events',
    ['events'],
    ['get', 'events', '-o', 'yaml'],
    ['events', '--for=pod/web', '-o', 'json'],
    ['events', '--types=Warning'],
  ),
  read('top', ['top', 'pods'], ['top', 'pod', 'web', '--containers'], ['top', 'pods', '-l', 'app=web', '--no-headers']),
  { name: 'top of nodes, which nobody serves', program: 'kubectl', steps: [['top', 'nodes']], codes: [1] },
  { name: 'logs of a pod that never ran', program: 'kubectl', steps: [['logs', 'web']], codes: [0] },
  read(
    'rollout status and history',
    ['rollout', 'status', 'deployment/shop', '--timeout=50s'],
    ['rollout', 'history', 'deployment/shop'],
  ),
  read('wait for what is so', ['wait', 'deployment/shop', '--for=condition=Available', '--timeout=50s']),
  {
    name: 'wait for what does not come',
    program: 'kubectl',
    steps: [['wait', 'pod/web', '--for=condition=Ready', '--timeout=5s']],
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
  {
    name: 'diff of an object with masked values',
    program: 'kubectl',
    steps: [
      ['diff', '-f', 'vault.json'],
      ['diff', '--server-side', '--force-conflicts', '-f', 'vault.json'],
    ],
    files: { 'vault.json': CHANGED_VAULT },
    codes: [1, 1],
  },
];
