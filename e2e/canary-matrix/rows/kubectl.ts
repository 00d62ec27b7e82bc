// SPDX-License-Identifier: Apache-2.0
import type { Step } from '../../clients/row.ts';
import type { Asking } from '../asking.ts';
import { KINDS } from '../planted.ts';

function kubectl(name: string, steps: readonly Step[], more: Partial<Asking> = {}): Asking {
  return { name, program: 'kubectl', steps, ...more };
}

const json = (value: unknown) => JSON.stringify(value);
const MEMBERS = ['metadata', 'spec', 'data', 'binaryData', 'template', 'message', 'status'];
const COLUMNS = MEMBERS.map((member) => `${member.toUpperCase()}:.${member}`).join();

/** Every output format of `get`. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  'a Table': [],
  wide: ['-o', 'wide'],
  yaml: ['-o', 'yaml', '--show-managed-fields'],
  json: ['-o', 'json'],
  name: ['-o', 'name'],
  jsonpath: ['-o', 'jsonpath={.items}'],
  'jsonpath-as-json': ['-o', 'jsonpath-as-json={.items[*]}'],
  'custom-columns': ['-o', `custom-columns=${COLUMNS}`],
  'go-template': ['-o', 'go-template={{.}}'],
  'labels as columns': ['-L', 'app', '--show-labels'],
  'what was said on the wire': ['-o', 'json', '-v=9'],
};
/** Formats that show no field in which a canary stands. */
const SHOWS_NOTHING: readonly string[] = ['name'];

const gets = Object.entries(FORMATS).map(([name, format]) =>
  kubectl(`get, ${name}`, [['get', KINDS, ...format]], SHOWS_NOTHING.includes(name) ? { showsNothing: true } : {}),
);

const OBJECTS = ['secret/keys', 'configmap/settings', 'deployment/shop', 'widget/main', 'cronjob/shop'] as const;

/** Watches in several formats, each of which ends once it has told of a change. */
const WATCHES: readonly Step[] = [
  { watch: ['get', 'secret/keys', '-w', '-o', 'json'], until: /"midnight"/ },
  { watch: ['get', 'configmap/settings', '-w', '-o', 'yaml'], until: /midnight/ },
  { watch: ['get', 'deployment/shop', '-w', '-o', 'jsonpath={.metadata}{.spec}'], until: /midnight/ },
  { watch: ['get', 'widget/main', '-w', '-o', `custom-columns=${COLUMNS}`], until: /midnight/ },
  { watch: ['get', 'widgets', '-w', '-o', 'wide', '--show-labels', '--output-watch-events'], until: /midnight/ },
  { watch: ['get', 'cronjob/shop', '--watch-only', '-o', 'go-template={{.}}'], until: /midnight/ },
];
const watching = kubectl(
  'get --watch, in every format',
  [...WATCHES, ['label', ...OBJECTS, 'hour=midnight'], ['label', ...OBJECTS, 'hour-']],
  { codes: [...WATCHES.map(() => 1), 0, 0] },
);

/** Keeps what it is given to edit, and changes something of no importance. */
const EDITOR =
  'cat "$1" >> edited.txt\nsed -i "s/example.org\\/owner: shop-team/example.org\\/owner: team-shop/" "$1"\n';

const labels = { app: 'shop' };
const changedDeployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop' },
  spec: {
    minReadySeconds: 7,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'shop', image: 'registry.example/shop:2' }] } },
  },
};
const changedSecret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'keys' },
  stringData: { added: 'a value' },
};
const changedWidget = {
  apiVersion: 'shop.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'main' },
  spec: { size: 4 },
};
const CHANGES = { 'deployment.json': changedDeployment, 'secret.json': changedSecret, 'widget.json': changedWidget };
const changes = Object.keys(CHANGES).flatMap((file) => ['-f', file]);
const CONFLICT = {
  ...changedDeployment,
  spec: { template: { spec: { containers: [{ name: 'shop', args: ['--token', 'a guess'] }] } } },
};

/** What kubectl does with objects that hold canaries. */
export const KUBECTL: readonly Asking[] = [
  ...gets,
  kubectl('get, kyaml', [['get', KINDS, '-o', 'kyaml']], { since: 35 }),
  kubectl('get by name, selector and field, in chunks', [
    ['get', 'secret', 'keys', '-o', 'go-template={{range .data}}{{base64decode .}} {{end}}'],
    ['get', 'secrets,configmaps,widgets', '-l', 'app=shop', '-o', 'yaml', '--chunk-size=1'],
    ['get', 'configmaps', '--field-selector=metadata.name=settings', '-o', 'json'],
    ['get', 'widgets', '--sort-by=.metadata.name', '-o', 'wide'],
    ['get', 'deployments', '--server-print=false', '-o', 'wide'],
  ]),
  kubectl(
    'get --raw',
    [
      ['get', '--raw', '/api/v1/namespaces/NAMESPACE/secrets'],
      ['get', '--raw', '/apis/apps/v1/namespaces/NAMESPACE/deployments/shop'],
      ['get', '--raw', '/apis/shop.example.com/v1/namespaces/NAMESPACE/widgets'],
      ['get', '--raw', '/api/v1/namespaces/NAMESPACE/configmaps/settings?pretty=true'],
    ],
    { since: 34 },
  ),
  watching,
  kubectl('describe', [['describe', KINDS]]),
  kubectl('events', [['events'], ['events', '-o', 'json'], ['get', 'events', '-o', 'wide']]),
  kubectl('cluster-info dump', [['cluster-info', 'dump', '--namespaces=NAMESPACE', '--output-directory=dump']]),
  kubectl('rollout history, set env --list', [
    ['rollout', 'history', 'deployment/shop', '--revision=1'],
    ['rollout', 'history', 'statefulset/shop', '-o', 'yaml'],
    ['set', 'env', 'deployment/shop', '--list', '--resolve'],
  ]),
  kubectl('apply view-last-applied', [
    ['apply', 'view-last-applied', 'secret/keys'],
    ['apply', 'view-last-applied', 'deployment/shop', '-o', 'json'],
    ['apply', 'view-last-applied', 'widget/main'],
  ]),
  kubectl(
    'diff',
    [
      ['diff', '--server-side', '--force-conflicts', ...changes],
      ['diff', ...changes],
    ],
    { files: { ...CHANGES, 'kept/before': '' }, codes: [1, 1], env: { TMPDIR: '.' } },
  ),
  kubectl(
    'diff with a program that keeps what it is given',
    [['diff', '--server-side', '--force-conflicts', ...changes]],
    {
      files: { ...CHANGES, 'kept/before': '' },
      env: { KUBECTL_EXTERNAL_DIFF: 'cp -r --target-directory=kept' },
    },
  ),
  kubectl(
    'edit',
    [
      ['edit', ...OBJECTS],
      ['edit', 'cronjob/shop', '-o', 'json', '--output-patch'],
      ['annotate', ...OBJECTS, 'example.org/owner=shop-team', '--overwrite'],
    ],
    { files: { 'editor.sh': EDITOR }, env: { KUBE_EDITOR: 'sh editor.sh' } },
  ),
  kubectl(
    'answers to writes',
    [
      ['label', 'secret/keys', 'seen=yes', '--overwrite', '-o', 'yaml'],
      ['annotate', 'deployment/shop', 'seen=yes', '--overwrite', '-o', 'json'],
      ['patch', 'widget/main', '--type=merge', '-p', json({ spec: { size: 3 } }), '-o', 'yaml'],
      [
        'patch',
        'configmap/settings',
        '--type=json',
        '-p',
        json([{ op: 'add', path: '/data/seen', value: 'yes' }]),
        '-o',
        'yaml',
      ],
      ['patch', 'statefulset/shop', '-p', json({ spec: { minReadySeconds: 1 } }), '-o', 'json'],
      ['set', 'image', 'daemonset/shop', 'shop=registry.example/shop:1', '-o', 'yaml'],
      [
        'apply',
        '--server-side',
        '--force-conflicts',
        '-f',
        'deployment.json',
        '-o',
        'yaml',
        '--dry-run=server',
        '--show-managed-fields',
      ],
      ['delete', 'secret/keys', 'deployment/shop', '--dry-run=server'],
    ],
    { files: CHANGES },
  ),
  kubectl(
    'writes that fail',
    [
      [
        'patch',
        'deployment/shop',
        '--type=json',
        '-p',
        json([{ op: 'replace', path: '/spec/template/spec/containers/0/env', value: 5 }]),
      ],
      ['patch', 'secret/keys', '--type=json', '-p', json([{ op: 'replace', path: '/data/plain', value: 5 }])],
      [
        'patch',
        'pod/waiting',
        '-p',
        json({ spec: { containers: [{ name: 'shop', env: [{ name: 'LOG_LEVEL', value: 'info' }] }] } }),
      ],
      ['patch', 'widget/main', '--type=merge', '-p', json({ spec: 'none' })],
      ['apply', '--server-side', '--field-manager=other', '-f', 'conflict.json'],
    ],
    { files: { 'conflict.json': CONFLICT }, codes: [1, 1, 1, 1, 1] },
  ),
];

/** What kubectl does with a pod that has run, and one that runs. */
export const KUBECTL_ON_NODE: readonly Asking[] = [
  kubectl('logs', [
    ['logs', 'talker'],
    ['logs', 'talker', '--timestamps', '--tail=8'],
    ['logs', '-l', 'app=talker', '--prefix', '--all-containers'],
    ['logs', 'talker', '--limit-bytes=400'],
    ['logs', 'talker', '-v=9'],
  ]),
  kubectl('logs --follow', [
    ['logs', '--follow', 'talker'],
    ['logs', '-f', '-l', 'app=talker', '--max-log-requests=4', '--ignore-errors'],
  ]),
  kubectl('exec, on both outputs', [
    ['exec', 'teller', '--', 'cat', '/etc/lines/text'],
    ['exec', 'teller', '--', 'sh', '-c', 'cat /etc/lines/text >&2'],
  ]),
  kubectl('the status of a pod that failed', [
    ['get', 'pods', '-o', 'yaml'],
    ['describe', 'pod', 'talker'],
    ['get', 'pod', 'talker', '-o', 'jsonpath={.status.containerStatuses[*].state.terminated.message}'],
  ]),
];
