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
  write('edit', [['edit', 'configmap', 'settings']], { env: { KUBE_EDITOR: 'sed -i s/light/dark/' } }),
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
  ]),
  write('label', [
    ['label', 'configmap', 'settings', 'mood=good'],
    ['label', 'configmap', 'settings', 'mood=better', '--overwrite', '-o', 'yaml'],
    ['label', 'configmaps', '-l', 'mood=better', 'mood-'],
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
    ['set', 'resources', 'deployment/shop', '--limits=cpu=100m'],
    ['set', 'serviceaccount', 'deployment/shop', 'robot'],
    ['get', 'deployment', 'shop', '-o', 'jsonpath={.spec.template.spec}'],
  ]),
  write('rollout', [
    ['rollout', 'pause', 'deployment/shop'],
    ['rollout', 'resume', 'deployment/shop'],
    ['set', 'image', 'deployment/shop', 'shop=registry.example/shop:2'],
    ['rollout', 'status', 'deployment/shop', '--timeout=20s'],
    ['rollout', 'undo', 'deployment/shop'],
    ['rollout', 'status', 'deployment/shop', '--timeout=20s'],
  ]),
  write(
    'get --watch',
    [
      { watch: ['get', 'configmaps', '-w', '--output-watch-events'], until: 'DELETED' },
      ['create', '-f', 'notes.json'],
      ['replace', '-f', 'busy.json'],
      ['delete', 'configmap', 'notes'],
    ],
    { codes: [1, 0, 0, 0] },
  ),
  write(
    'get --watch -o json',
    [
      { watch: ['get', 'secret', 'database', '-w', '-o', 'json'], until: '"late"' },
      ['label', 'secret', 'database', 'hour=late'],
    ],
    { codes: [1, 0] },
  ),
  write('wait for a change', [
    { watch: ['wait', 'configmap/settings', '--for=jsonpath={.data.theme}=dark', '--timeout=20s'], until: 'met' },
    patch('merge', { data: { theme: 'dark' } }),
  ]),
];
