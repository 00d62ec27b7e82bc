// SPDX-License-Identifier: Apache-2.0
import { CANARY } from '../canaries.ts';
import type { Row, Step } from '../row.ts';

const notes = (data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'notes' },
  data,
});

const FILES = {
  'notes.json': notes({ today: 'quiet' }),
  'busy.json': notes({ today: 'busy', tomorrow: 'unknown' }),
  'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: extra }\nstringData: { pin: ${CANARY} }\n`,
  'many.yaml': [
    'apiVersion: v1\nkind: List\nitems:',
    '- { apiVersion: v1, kind: ConfigMap, metadata: { name: first }, data: { a: "1" } }',
    '- { apiVersion: v1, kind: ConfigMap, metadata: { name: second }, data: { b: "2" } }\n',
  ].join('\n'),
};

function write(name: string, steps: readonly Step[], more: Partial<Row> = {}): Row {
  return { name, program: 'kubectl', steps, files: FILES, ...more };
}

const json = (value: unknown) => JSON.stringify(value);
const patch = (type: string, value: unknown, ...more: readonly string[]) => [
  ...['patch', 'configmap', 'settings', `--type=${type}`, '-p', json(value), ...more],
];

/** What shows that a watch in some format has told of the last change: where not the label, a second line. */
const UNTIL: Readonly<Record<string, RegExp>> = {
  name: /(configmap\/settings\n){2}/,
  wide: /(\nsettings .*){2}\n/,
};

/** Rows that change something: each has a namespace of its own, whose end is compared too. */
export const WRITES: readonly Row[] = [
  write('create -f', [
    ['create', '-f', 'notes.json'],
    ['create', '-f', 'many.yaml', '-o', 'name'],
    ['create', '-f', 'secret.yaml', '-o', 'yaml', '--save-config'],
  ]),
  write(
    'create of what is there, and of nonsense',
    [
      ['create', '-f', 'notes.json'],
      ['create', '-f', 'notes.json'],
      ['create', '-f', 'nonsense.json'],
      ['create', '-f', 'unknown.json'],
    ],
    {
      files: {
        ...FILES,
        'nonsense.json': { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Not A Name' } },
        'unknown.json': { ...notes({}), surprise: true },
      },
      codes: [0, 1, 1, 1],
    },
  ),
  write('create --dry-run', [
    ['create', '-f', 'notes.json', '--dry-run=server', '-o', 'yaml'],
    ['create', '-f', 'notes.json', '--dry-run=client', '-o', 'json'],
    ['create', 'deployment', 'new', '--image=registry.example/new:1', '--dry-run=client', '-o', 'yaml'],
  ]),
  write('apply', [
    ['apply', '-f', 'notes.json', '--dry-run=server'],
    ['apply', '-f', 'notes.json'],
    ['apply', '-f', 'notes.json'],
    ['apply', '-f', 'busy.json', '-o', 'yaml'],
    ['apply', 'view-last-applied', 'configmap/notes'],
    ['apply', '-f', 'many.yaml'],
  ]),
  write(
    'apply of what was last applied',
    [
      ['create', '-f', 'notes.json'],
      ['apply', 'set-last-applied', '-f', 'notes.json', '--create-annotation'],
      ['apply', 'edit-last-applied', 'configmap/notes'],
      ['apply', 'view-last-applied', 'configmap/notes', '-o', 'json'],
    ],
    { env: { KUBE_EDITOR: 'sed -i s/quiet/silent/' } },
  ),
  write(
    'apply -k, diff -k, delete -k',
    [
      ['diff', '-k', 'shop'],
      ['apply', '-k', 'shop'],
      ['diff', '-k', 'shop'],
      ['delete', '-k', 'shop'],
    ],
    {
      files: {
        'shop/kustomization.yaml': 'namePrefix: k-\nresources: [notes.json]\nlabels: [{ pairs: { by: kustomize } }]\n',
        'shop/notes.json': notes({ today: 'quiet' }),
      },
      codes: [1, 0, 0, 0],
    },
  ),
  write(
    'create, replace and delete --raw',
    [
      ['create', '--raw', '/api/v1/namespaces/NAMESPACE/configmaps', '-f', 'notes.json'],
      ['replace', '--raw', '/api/v1/namespaces/NAMESPACE/configmaps/notes', '-f', 'busy.json'],
      ['delete', '--raw', '/api/v1/namespaces/NAMESPACE/configmaps/notes'],
      ['delete', '--raw', '/api/v1/namespaces/NAMESPACE/configmaps/notes'],
    ],
    { codes: [0, 0, 0, 1], since: 34 },
  ),
  write(
    'apply --server-side',
    [
      ['apply', '--server-side', '-f', 'notes.json'],
      ['apply', '--server-side', '-f', 'busy.json', '-o', 'yaml', '--show-managed-fields'],
      ['apply', '--server-side', '--field-manager=other', '-f', 'notes.json'],
      ['apply', '--server-side', '--field-manager=other', '--force-conflicts', '-f', 'notes.json'],
    ],
    { codes: [0, 0, 1, 0] },
  ),
  write('apply --prune', [
    ['apply', '-f', 'many.yaml'],
    ['apply', '-f', 'notes.json', '--prune', '--all', '--prune-allowlist=core/v1/ConfigMap', '--dry-run=client'],
  ]),
  write(
    'edit',
    [
      ['edit', 'configmap', 'settings'],
      ['edit', 'configmap', 'settings', '-o', 'json', '--output-patch'],
      ['edit', 'deployment', 'shop', '--subresource=status'],
    ],
    { env: { KUBE_EDITOR: 'sed -i s/light/dark/' } },
  ),
  // A write beside a masked value is bound to the version that was looked at: none meets the controller at its work.
  write(
    'changes of an object with masked values',
    [
      ['edit', 'deployment', 'vault'],
      ['rollout', 'status', 'deployment/vault', '--timeout=50s'],
      ['set', 'image', 'deployment/vault', 'vault=registry.example/vault:3'],
      ['rollout', 'status', 'deployment/vault', '--timeout=50s'],
      ['set', 'env', 'deployment/vault', 'MODE=quiet'],
      ['rollout', 'status', 'deployment/vault', '--timeout=50s'],
      ['label', 'deployment', 'vault', 'mood=good'],
      ['patch', 'deployment', 'vault', '--type=merge', '-p', json({ spec: { minReadySeconds: 3 } })],
    ],
    { env: { KUBE_EDITOR: 'sed -i s/vault:1/vault:2/' } },
  ),
  write('replace', [
    ['create', '-f', 'notes.json'],
    ['replace', '-f', 'busy.json'],
    ['replace', '--force', '-f', 'notes.json'],
  ]),
  write('patch, strategic', [patch('strategic', { data: { theme: 'dark' } })]),
  write('patch, merge', [
    patch('merge', { data: { theme: null, added: '1' } }, '-o', 'yaml'),
    patch('merge', {}),
    patch('merge', { data: { x: 'y' } }, '--dry-run=server', '-o', 'json'),
  ]),
  write(
    'patch, JSON',
    [
      patch('json', [{ op: 'replace', path: '/data/theme', value: 'dark' }]),
      patch('json', [{ op: 'test', path: '/data/theme', value: 'light' }]),
      patch('json', [{ op: 'remove', path: '/data/none' }]),
    ],
    { codes: [0, 1, 1] },
  ),
  write('patch of a subresource', [
    ['patch', 'deployment', 'shop', '--subresource=scale', '--type=merge', '-p', json({ spec: { replicas: 0 } })],
    ['get', 'deployment', 'shop', '--subresource=scale', '-o', 'yaml'],
  ]),
  write('delete', [
    ['delete', 'configmap', 'settings'],
    ['delete', 'deployment', 'shop', '--cascade=foreground', '--wait=false', '--dry-run=server'],
    ['delete', 'secret', 'database', '--dry-run=server', '-o', 'name'],
    ['delete', 'pod', 'web', '--grace-period=0', '--force', '--wait=false'],
  ]),
  write('delete -f, -l', [
    ['create', '-f', 'many.yaml'],
    ['delete', '-f', 'many.yaml'],
    ['delete', 'configmaps', '-l', 'app=shop'],
    ['delete', 'services', '--all', '--now'],
    ['delete', 'pods', '--field-selector=metadata.name=none'],
  ]),
  write('label', [
    ['label', 'configmap', 'settings', 'mood=good'],
    ['label', 'configmap', 'settings', 'mood=better', '--overwrite', '-o', 'yaml'],
    ['label', 'configmaps', '-l', 'mood=better', 'mood-'],
    ['label', 'configmap', 'settings', '--list'],
  ]),
  write('annotate', [
    ['annotate', 'configmap', 'settings', 'by=worker'],
    ['annotate', 'secret', 'database', 'seen=yes', '-o', 'yaml'],
    ['annotate', 'configmap', 'settings', 'by-'],
  ]),
  write('scale', [
    ['scale', 'deployment', 'shop', '--replicas=0'],
    ['scale', 'deployment', 'shop', '--current-replicas=0', '--replicas=0'],
  ]),
  write('set', [
    ['set', 'image', 'deployment/shop', 'shop=registry.example/shop:2'],
    ['set', 'env', 'deployment/shop', 'MODE=quiet'],
    ['set', 'resources', 'deployment/shop', '--limits=cpu=250m'],
    ['set', 'serviceaccount', 'deployment/shop', 'robot'],
    ['get', 'deployment', 'shop', '-o', 'jsonpath={.spec.template.spec}'],
  ]),
  write('rollout', [
    ['rollout', 'pause', 'deployment/shop'],
    ['rollout', 'resume', 'deployment/shop'],
    ['set', 'image', 'deployment/shop', 'shop=registry.example/shop:2'],
    ['rollout', 'status', 'deployment/shop', '--timeout=50s'],
    ['rollout', 'undo', 'deployment/shop'],
    ['rollout', 'status', 'deployment/shop', '--timeout=50s'],
    ['rollout', 'restart', 'deployment/shop'],
    ['rollout', 'status', 'deployment/shop', '--timeout=50s'],
  ]),
  write(
    'nodes: cordon, taint, drain',
    [
      ['create', '-f', 'node.json'],
      ['cordon', 'NAMESPACE-node'],
      ['taint', 'node', 'NAMESPACE-node', 'for=nobody:NoSchedule'],
      ['drain', 'NAMESPACE-node'],
      ['uncordon', 'NAMESPACE-node'],
      ['delete', 'node', 'NAMESPACE-node'],
    ],
    { files: { 'node.json': { apiVersion: 'v1', kind: 'Node', metadata: { name: 'NAMESPACE-node' } } } },
  ),
  write(
    'get --watch',
    [
      { watch: ['get', 'configmaps', '-w', '--output-watch-events'], until: /DELETED/ },
      ['create', '-f', 'notes.json'],
      ['replace', '-f', 'busy.json'],
      ['delete', 'configmap', 'notes'],
    ],
    { codes: [1, 0, 0, 0] },
  ),
  write(
    'get --watch -o json',
    [
      { watch: ['get', 'secret', 'database', '-w', '-o', 'json'], until: /"late"/ },
      ['label', 'secret', 'database', 'hour=late'],
    ],
    { codes: [1, 0] },
  ),
  write(
    'get --watch in other formats',
    [
      ...[
        'name',
        'wide',
        'yaml',
        'custom-columns=N:.metadata.name,H:.metadata.labels.hour',
        'jsonpath={.metadata}',
      ].map((format) => ({
        watch: ['get', 'configmap', 'settings', '-w', '-o', format],
        until: UNTIL[format] ?? /late/,
      })),
      { watch: ['get', 'secrets', '--watch-only', '-o', 'name'], until: /database/ },
      ['label', 'configmap', 'settings', 'hour=late'],
      ['label', 'secret', 'database', 'hour=late'],
    ],
    { codes: [1, 1, 1, 1, 1, 1, 0, 0] },
  ),
  write(
    'events --watch',
    [{ watch: ['events', '--for=pod/web', '--watch'], until: /The shop is closed/ }, ['create', '-f', 'closed.json']],
    {
      files: {
        'closed.json': {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: 'web.closed', namespace: 'NAMESPACE' },
          involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'NAMESPACE', name: 'web' },
          reason: 'Closed',
          message: 'The shop is closed',
        },
      },
      codes: [1, 0],
    },
  ),
  write('wait for an end', [
    { watch: ['wait', 'configmap/settings', '--for=delete', '--timeout=50s'] },
    ['delete', 'configmap', 'settings'],
  ]),
  {
    ...write('wait for what is made', [
      { watch: ['wait', 'configmap/notes', '--for=create', '--timeout=50s'], polls: true },
      ['create', '-f', 'notes.json'],
    ]),
    since: 31,
  },
  write('wait for a change', [
    { watch: ['wait', 'configmap/settings', '--for=jsonpath={.data.theme}=dark', '--timeout=50s'] },
    patch('merge', { data: { theme: 'dark' } }),
  ]),
];
