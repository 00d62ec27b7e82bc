// SPDX-License-Identifier: Apache-2.0
// Writes that change what stands beside a masked value, and leave the value: nothing shows it afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ANYTHING, definitionOf } from './fixtures/custom-resource.ts';
import { CONTAINER, canaryAt, DEFINITION, formIn } from './fixtures/object-canaries.ts';
import type { Answer } from './installation/call.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const WIDGETS = '/apis/shop.example.com/v1/namespaces/demo/widgets';
const WIDGET = `${WIDGETS}/covered`;
/** Of pods' templates nothing but this test changes any: a write is bound to the version that was looked at. */
const TEMPLATES = '/api/v1/namespaces/demo/podtemplates';
const TEMPLATE = `${TEMPLATES}/covered`;
const FIRST = '/template/spec/containers/0';
const TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
  put: 'application/json',
} as const;

const POLICIES = `
@id("everything") permit (principal, action, resource);
@id("asks") @approval("people") forbid (principal == Agent::"asking", action == Action::"patch", resource);
`;

/** What names a value, in an environment, a command line or a map, beside texts that quote it. */
const QUOTED = 'Qd7wXk2mVb9rTz4p';
const SETTINGS = '/api/v1/namespaces/demo/configmaps';
const QUOTING = `${TEMPLATES}/quoting`;
const shop = (container: object) => ({ template: { spec: { containers: [{ name: 'shop', ...container }] } } });
/** A Secret, all of whose values its annotations repeat. */
const KEYS = '/api/v1/namespaces/demo/secrets/keys';
const keys = {
  metadata: { name: 'keys', annotations: { since: `it is ${QUOTED} since May`, copy: QUOTED, colour: 'red' } },
  stringData: { token: QUOTED },
};
const quoting = shop({
  image: 'shop:1',
  command: ['app', '--token'],
  args: [canaryAt('argument')],
  env: [
    { name: 'DB_PASSWORD', value: QUOTED },
    { name: 'NOTE', value: `x ${QUOTED} y` },
  ],
});

const named = { name: 'db-password', value: canaryAt('token') };
const widget = {
  apiVersion: 'shop.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'covered', namespace: 'demo' },
  spec: {
    size: 3,
    issuerRef: { name: 'letsencrypt', kind: 'Issuer' },
    auth: { key: 'password', default: canaryAt('keyed') },
    params: [{ name: 'color', value: 'red' }, named],
    args: ['--verbose', '--token', canaryAt('custom argument')],
    password: QUOTED,
    note: `x ${QUOTED} y`,
  },
};

/** What is put to it leaves its status as it was, and what is put to that all else. */
const GAUGES = '/apis/shop.example.com/v1/namespaces/demo/gauges';
const GAUGE = { group: 'shop.example.com', scope: 'Namespaced', kind: 'Gauge', status: ANYTHING } as const;
const gauge = (name: string, rest: object) => ({
  ...{ apiVersion: 'shop.example.com/v1', kind: 'Gauge', metadata: { name, namespace: 'demo' } },
  ...rest,
});
const gauges = [
  gauge('told', { spec: { password: QUOTED }, status: { message: `logged in with ${QUOTED}` } }),
  gauge('kept', { spec: { note: `x ${QUOTED} y` }, status: { password: QUOTED } }),
];

let site: Installation;

before(async () => {
  const rules = [{ apiGroups: ['', 'shop.example.com'], resources: ['*'], verbs: ['*'] }];
  site = await startInstallation({
    organisation: POLICIES,
    clusters: { lab: { policies: '// none of its own', rights: { 'countersign:agents': rules } } },
    agents: {
      agent: { clusters: { lab: ['countersign:agents'] } },
      asking: { clusters: { lab: ['countersign:agents'] } },
    },
  });
  const { admin } = site.lab('lab');
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const [definition, collection] of [
    [DEFINITION, WIDGETS],
    [definitionOf(GAUGE), GAUGES],
  ] as const) {
    assert.equal((await admin.request('POST', crds, definition)).status, 201);
    await eventually('they are served', async () => (await admin.request('GET', collection)).status === 200);
  }
  for (const [collection, object] of [
    [WIDGETS, widget],
    [TEMPLATES, { metadata: { name: 'covered' }, template: { spec: { containers: [CONTAINER] } } }],
    [TEMPLATES, { metadata: { name: 'quoting' }, ...quoting }],
    ['/api/v1/namespaces/demo/secrets', keys],
    [SETTINGS, { metadata: { name: 'quoting' }, data: { password: QUOTED, note: `x ${QUOTED} y` } }],
  ] as const) {
    assert.equal((await admin.request('POST', collection, object)).status, 201);
  }
  for (const object of gauges) {
    const made = await admin.request('POST', GAUGES, object);
    const status = await admin.request('PUT', `${GAUGES}/${object.metadata.name}/status`, {
      ...object,
      metadata: made.body.metadata,
    });
    assert.deepEqual([made.status, status.status], [201, 200]);
  }
});
after(() => site?.stop());

const live = async (path: string) => (await site.lab('lab').admin.request('GET', path)).body;

/** What an agent is answered, with no value in it. */
async function write(path: string, type: keyof typeof TYPES, body: unknown, agent = 'agent'): Promise<Answer> {
  const options = { body: JSON.stringify(body), contentType: TYPES[type] };
  const answer = await site.as(agent).call(type === 'put' ? 'PUT' : 'PATCH', path, options);
  const shown = formIn(answer.text) ?? (answer.text.includes(QUOTED) ? QUOTED : undefined);
  assert.equal(shown, undefined, `${JSON.stringify(body)} shows a value: ${answer.text}`);
  return answer;
}

const replace = (path: string, value: unknown) => [{ op: 'replace', path, value }];
const remove = (path: string) => [{ op: 'remove', path }];
const applied = (spec: object) => ({ ...widget, spec });

/** Each leaves a value where nothing says any more that it is one. */
const uncovering: readonly (readonly [path: string, type: keyof typeof TYPES, body: unknown])[] = [
  [WIDGET, 'json', replace('/spec/params/1/name', 'note')],
  [WIDGET, 'json', replace('/spec/params/-1/name', 'note')],
  [WIDGET, 'json', remove('/spec/params/1/name')],
  [WIDGET, 'json', [...remove('/spec/params/0'), ...replace('/spec/params/0/name', 'note')]],
  [WIDGET, 'json', replace('/spec/auth/key', 'note')],
  [WIDGET, 'json', remove('/spec/auth/key')],
  [WIDGET, 'json', [{ op: 'add', path: '/spec/args/2', value: 'x' }]],
  [WIDGET, 'json', remove('/spec/args/1')],
  [WIDGET, 'json', replace('/spec/args/1', '--verbose')],
  [QUOTING, 'json', [{ op: 'add', path: `${FIRST}/command/-`, value: 'x' }]],
  [QUOTING, 'strategic', shop({ $retainKeys: ['name', 'image', 'args', 'env'] })],
  [WIDGET, 'merge', { spec: { auth: { key: 'note' } } }],
  [WIDGET, 'merge', { spec: { auth: { key: null } } }],
  [WIDGET, 'apply', applied({ auth: { key: 'note' } })],
  [TEMPLATE, 'json', replace(`${FIRST}/env/1/name`, 'NOTE')],
  [TEMPLATE, 'json', remove(`${FIRST}/args/1`)],
  [TEMPLATE, 'json', [{ op: 'add', path: `${FIRST}/args/2`, value: 'x' }]],
  [TEMPLATE, 'json', replace(`${FIRST}/livenessProbe/httpGet/httpHeaders/0/name`, 'X-Note')],
  [WIDGET, 'merge', { spec: { password: null } }],
  [WIDGET, 'json', remove('/spec/password')],
  [`${SETTINGS}/quoting`, 'merge', { data: { password: null } }],
  [`${SETTINGS}/quoting`, 'strategic', { data: { password: null } }],
  [`${SETTINGS}/quoting`, 'json', remove('/data/password')],
  [`${SETTINGS}/quoting`, 'json', replace('/data/password', 'another')],
  [KEYS, 'merge', { data: { token: null } }],
  [KEYS, 'merge', { data: null }],
  [KEYS, 'strategic', { data: { token: 'YW5vdGhlcg==' } }],
  [KEYS, 'json', remove('/data')],
  [QUOTING, 'strategic', shop({ command: ['app'] })],
  [QUOTING, 'strategic', shop({ command: null })],
  [
    QUOTING,
    'apply',
    {
      apiVersion: 'v1',
      kind: 'PodTemplate',
      metadata: { name: 'quoting' },
      ...shop({ image: 'shop:1', command: ['app'] }),
    },
  ],
  [QUOTING, 'json', replace(`${FIRST}/command`, ['app'])],
  [QUOTING, 'json', remove(`${FIRST}/command`)],
  [QUOTING, 'json', remove(`${FIRST}/env/0`)],
  [QUOTING, 'strategic', shop({ env: [{ $patch: 'delete', name: 'DB_PASSWORD' }] })],
];

test('a patch that would uncover a value is refused, as a dry run too, and where a person would be asked', async () => {
  const unchanged = [await live(WIDGET), await live(TEMPLATE), await live(QUOTING)];
  for (const [path, type, body] of uncovering) {
    const query = type === 'apply' ? 'fieldManager=agent&force=true' : 'fieldManager=agent';
    for (const [target, agent] of [
      [`${path}?${query}`, 'agent'],
      [`${path}?${query}&dryRun=All`, 'agent'],
      [`${path}?${query}`, 'asking'],
    ] as const) {
      const { status, json, text } = await write(target, type, body, agent);
      assert.deepEqual([status, json.reason], [422, 'Invalid'], `${JSON.stringify(body)}: ${text}`);
      assert.match(json.message, /beside a value that is masked for you/, JSON.stringify(body));
    }
  }
  assert.deepEqual([await live(WIDGET), await live(TEMPLATE), await live(QUOTING)], unchanged);
});

test('what is put takes no value away that the half of the object that stays quotes', async () => {
  const version = async (name: string) => (await live(`${GAUGES}/${name}`)).metadata;
  for (const [name, subresource, rest] of [
    ['told', '', { spec: {} }],
    ['kept', '/status', { status: {} }],
  ] as const) {
    const body = { ...gauge(name, rest), metadata: await version(name) };
    for (const query of ['', '?dryRun=All']) {
      const { status, json, text } = await write(`${GAUGES}/${name}${subresource}${query}`, 'put', body);
      assert.deepEqual([status, json.reason], [422, 'Invalid'], text);
    }
  }
  const body = { ...gauge('told', { spec: { password: QUOTED, size: 2 } }), metadata: await version('told') };
  assert.equal((await write(`${GAUGES}/told`, 'put', body)).status, 200);
  assert.equal((await live(`${GAUGES}/told`)).spec.size, 2);
});

test('names and arguments can be changed where no value is uncovered', async () => {
  for (const [path, type, body] of [
    [WIDGET, 'json', replace('/spec/params/0/name', 'colour')],
    [WIDGET, 'json', replace('/spec/params/1/name', 'admin-password')],
    [WIDGET, 'json', replace('/spec/params/1', { name: 'api-token', value: 'another' })],
    [WIDGET, 'json', [{ op: 'add', path: '/spec/args/-', value: '--fast' }]],
    [WIDGET, 'json', remove('/spec/args/0')],
    [WIDGET, 'merge', { spec: { issuerRef: { name: 'selfsigned' } } }],
    [WIDGET, 'merge', { spec: { args: ['--verbose'], auth: null } }],
    [WIDGET, 'merge', { spec: { password: null, note: null } }],
    [`${SETTINGS}/quoting`, 'merge', { data: { colour: 'red' } }],
    [`${SETTINGS}/quoting`, 'merge', { data: { password: null, note: null } }],
    [KEYS, 'merge', { metadata: { annotations: { colour: 'blue' } } }],
    [KEYS, 'merge', { data: { another: 'YW5vdGhlcg==' } }],
    [KEYS, 'json', replace('/metadata/annotations', { colour: 'green' })],
    [KEYS, 'merge', { data: null }],
    [WIDGET, 'apply', applied({ size: 4 })],
    [TEMPLATE, 'json', replace(`${FIRST}/name`, 'store')],
    [TEMPLATE, 'json', replace(`${FIRST}/name`, 'shop')],
    [TEMPLATE, 'json', replace(`${FIRST}/args/0`, '--listen=:8081')],
    [TEMPLATE, 'json', remove(`${FIRST}/env/1`)],
    [TEMPLATE, 'strategic', { template: { spec: { containers: [{ name: 'shop', args: ['--quiet'] }] } } }],
  ] as const) {
    const query = type === 'apply' ? '?fieldManager=agent&force=true' : '';
    const { status, text } = await write(`${path}${query}`, type, body);
    assert.equal(status, 200, `${JSON.stringify(body)}: ${text}`);
  }
  const { size, issuerRef, params, args } = (await live(WIDGET)).spec;
  assert.deepEqual([size, issuerRef.name, args], [4, 'selfsigned', ['--verbose']]);
  assert.deepEqual(params, [
    { name: 'colour', value: 'red' },
    { name: 'api-token', value: 'another' },
  ]);
  assert.deepEqual((await live(TEMPLATE)).template.spec.containers[0].args, ['--quiet']);
});

test('what the gateway looked at for it is on record', async () => {
  const made = { ...widget, metadata: { name: 'looked-at' } };
  assert.equal((await site.lab('lab').admin.request('POST', WIDGETS, made)).status, 201);
  const { id, status } = await write(`${WIDGETS}/looked-at`, 'json', replace('/spec/params/0/name', 'colour'));
  assert.equal(status, 200);
  const asked = (await site.records()).flatMap(({ record }) =>
    record.type === 'upkeep' && record.parent === id ? [record.purpose] : [],
  );
  assert.ok(asked.includes('live-object') && asked.includes('dry-run'), asked.join());
});
