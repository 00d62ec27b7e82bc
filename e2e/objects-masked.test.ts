// SPDX-License-Identifier: Apache-2.0
// Credentials in objects of all kinds, as an agent may see them, and what becomes of them when it writes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runKubectl } from './fixtures/kubectl.ts';
import { CONTAINER, canaryAt, DEFINITION, deployment, formIn, OBJECTS } from './fixtures/object-canaries.ts';
import { untilSettled } from './fixtures/until-settled.ts';
import type { Answer } from './installation/call.ts';
import type { Caller, CallOptions } from './installation/caller.ts';
import type { CommandResult } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/demo/deployments';
const WIDGETS = '/apis/shop.example.com/v1/namespaces/demo/widgets';
const JOBS = '/apis/batch/v1/namespaces/demo/jobs';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const METADATA_LIST = METADATA.replace('Metadata;', 'MetadataList;');
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const MASK = /^masked-v1-[a-z]+-[a-z2-7]{26}$/;

const POLICIES = `
@id("everything") permit (principal == Agent::"agent", action, resource);
@id("all-of-it") @reveal permit (principal == Agent::"owner", action, resource);
`;

let site: Installation;
let agent: Caller;

before(async () => {
  const rules = [
    { apiGroups: ['', 'apps', 'batch', 'shop.example.com', 'events.k8s.io'], resources: ['*'], verbs: ['*'] },
  ];
  site = await startInstallation({
    organisation: POLICIES,
    clusters: { lab: { policies: '// none of its own', rights: { 'countersign:agents': rules } } },
    agents: {
      agent: { clusters: { lab: ['countersign:agents'] } },
      owner: { clusters: { lab: ['countersign:agents'] } },
    },
  });
  agent = site.as('agent');
  const { admin } = site.lab('lab');
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  assert.equal((await admin.request('POST', crds, DEFINITION)).status, 201);
  const widgets = '/apis/shop.example.com/v1/widgets';
  await eventually('widgets are served', async () => (await admin.request('GET', widgets)).status === 200);
  const account = '/api/v1/namespaces/demo/serviceaccounts/default';
  await eventually('the namespace takes pods', async () => (await admin.request('GET', account)).status === 200);
  for (const [collection, object] of OBJECTS) {
    const { status, body } = await admin.request('POST', collection, object);
    assert.equal(status, 201, JSON.stringify(body));
  }
});
after(() => site?.stop());

function assertNoCanary(what: string, text: string): void {
  assert.equal(formIn(text), undefined, `${what} shows the canary:\n${text.slice(0, 3_000)}`);
}

/** Calls as the agent; nothing of the answer shows the canary. */
async function ask(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const answer = await agent.call(method, path, options);
  assertNoCanary(`${method} ${path}`, `${JSON.stringify(answer.headers)}\n${answer.text}`);
  return answer;
}

async function kubectl(...args: readonly string[]): Promise<CommandResult> {
  const result = await agent.kubectl(...args);
  assertNoCanary(`kubectl ${args.join(' ')}`, result.stdout + result.stderr);
  return result;
}

/** The same with the administrator's kubeconfig, which must succeed. */
async function direct(...args: readonly string[]): Promise<string> {
  const { kubectl: program, adminKubeconfig } = site.lab('lab');
  const { code, stdout, stderr } = await runKubectl(program, adminKubeconfig, ['-n', 'demo', ...args]);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** Makes a Deployment as its owner does, by `kubectl apply`, so that it stands in the last-applied annotation too. */
async function givenDeployment(name: string): Promise<string> {
  await direct('apply', '-f', await site.file(`${name}.json`, deployment(name)));
  const path = `${DEPLOYMENTS}/${name}`;
  await untilSettled(site.lab('lab'), path);
  return path;
}

const live = async (path: string) => (await site.lab('lab').admin.request('GET', path)).body;

/** What must not change when something else does. */
async function valuesOf(path: string): Promise<string> {
  const { spec, metadata } = await live(path);
  const { command, args, env, livenessProbe } = spec.template.spec.containers[0];
  return JSON.stringify([command, args, env, livenessProbe, metadata.annotations['example.org/api-token']]);
}

for (const [collection, { metadata = { name: '' } }] of OBJECTS as readonly [
  string,
  { metadata?: { name: string } },
][]) {
  const path = `${collection}/${metadata.name}`;

  test(`${path} shows no value, in any form`, async () => {
    assert.notEqual(formIn(JSON.stringify(await live(path))), undefined, 'the API server itself shows it');
    for (const target of [path, collection]) {
      const metadataForm = target === path ? METADATA : METADATA_LIST;
      for (const accept of ['application/json', TABLE, metadataForm, PROTOBUF, `${PROTOBUF},application/json`, '*/*']) {
        for (const query of ['', '?includeObject=Object', '?pretty=true']) {
          const { status, headers } = await ask('GET', `${target}${query}`, { headers: { accept } });
          assert.equal(status, 200);
          assert.match(String(headers['content-type']), /^application\/json/);
        }
      }
    }
    for (const accept of ['application/json', TABLE, METADATA]) {
      const watch = await agent.open('GET', `${collection}?watch=true`, { headers: { accept } });
      await watch.lines.find((line) => line.includes('"ADDED"'));
      watch.close();
      assertNoCanary(`a watch of ${collection} as ${accept}`, watch.lines.all.join('\n'));
    }
    const [, kind = ''] = /([a-z]+)$/.exec(collection) ?? [];
    for (const output of ['wide', 'yaml', 'json', 'name', 'jsonpath={.spec}', 'custom-columns=S:.spec,D:.data']) {
      const { code, stderr } = await kubectl('get', kind, metadata.name, '-o', output, '--show-managed-fields');
      assert.equal(code, 0, stderr);
    }
    assert.equal((await kubectl('describe', kind, metadata.name)).code, 0);
    const deleted = await ask('DELETE', `${path}?dryRun=All`);
    assert.equal(deleted.status, 200);
    const patched = await ask('PATCH', path, { body: {}, contentType: MERGE_PATCH });
    assert.equal(patched.status, 200);
  });
}

test('names, images, labels and what is plain stay as they are', async () => {
  const { json } = await ask('GET', `${DEPLOYMENTS}/made`);
  const real = await live(`${DEPLOYMENTS}/made`);
  const [shown, there] = [json, real].map(({ spec }) => spec.template.spec.containers[0]);
  for (const member of ['name', 'image', 'terminationMessagePath']) assert.equal(shown[member], there[member]);
  assert.deepEqual(json.metadata.labels, real.metadata.labels);
  assert.equal(json.metadata.annotations['example.org/owner'], 'shop-team');
  assert.deepEqual([shown.env[0], shown.env[3]], [there.env[0], there.env[3]]);
  assert.match(shown.env[1].value, MASK);
  assert.match(shown.env[2].value, /^postgres:\/\/shop:masked-v1-url-[a-z2-7]{26}@db\.demo:5432\/shop$/);
  assert.deepEqual(shown.args.slice(0, 2), ['--listen=:8080', '--token']);
  assert.match(shown.args[2], MASK);
  assert.match(shown.args[3], /^--api-key=masked-v1-/);
  assert.match(shown.command[2], /^export ADMIN_PASSWORD=masked-v1-[a-z]+-[a-z2-7]{26} && exec \/shop$/);
  const config = (await ask('GET', '/api/v1/namespaces/demo/configmaps/masked')).json;
  assert.equal(config.data['log.level'], 'debug');
  assert.match(config.data['app.yaml'], /^port: 80\ndatabase:\n {2}password: masked-v1-[a-z]+-[a-z2-7]{26}\n$/);
});

test('who has a permit with @reveal sees values, in the form asked for', async () => {
  const owner = site.as('owner');
  const revealed = await owner.call('GET', `${DEPLOYMENTS}/made`, { headers: { accept: PROTOBUF } });
  assert.equal(revealed.headers['content-type'], PROTOBUF);
  assert.notEqual(formIn(revealed.text), undefined);
});

test('the last-applied annotation has the masks of the fields, as valid JSON', async () => {
  const { json } = await ask('GET', await givenDeployment('applied'));
  const applied = JSON.parse(json.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']);
  assert.deepEqual(applied.spec.template.spec.containers[0].env, json.spec.template.spec.containers[0].env);
  assert.deepEqual(applied.spec.template.spec.containers[0].args, json.spec.template.spec.containers[0].args);
});

test('a column that shows a password is masked', async () => {
  const { stdout } = await kubectl('get', 'widgets');
  assert.match(stdout, /^NAME +SIZE +ADMIN PASSWORD +NOTE +INFO +CODE +LOGIN\nmain +3 +masked-v1-/);
  const table = { headers: { accept: TABLE } };
  const real = (await site.as('owner').call('GET', WIDGETS, table)).json.rows[0].cells;
  assert.deepEqual(real.slice(4, 6), ['hunter2', 483920]);
  const [name, size, ...masked] = (await ask('GET', WIDGETS, table)).json.rows[0].cells;
  assert.deepEqual([name, size, masked.length], ['main', 3, 5]);
  for (const cell of masked) assert.match(cell, /masked-v1-/);
});

test('nothing can be selected by a value that is masked, so no guess is tried there', async () => {
  const { admin } = site.lab('lab');
  const by = (field: string, value: string) => `${WIDGETS}?fieldSelector=${encodeURIComponent(`${field}=${value}`)}`;
  assert.equal((await admin.request('GET', by('spec.adminPassword', canaryAt('password')))).body.items.length, 1);
  for (const value of [canaryAt('password'), 'a wrong guess']) {
    for (const query of ['', '&watch=true']) {
      const { status, json } = await ask('GET', `${by('spec.adminPassword', value)}${query}`);
      assert.deepEqual([status, json.reason], [403, 'Forbidden']);
      assert.match(json.message, /the value of spec\.adminPassword is masked for you/);
    }
    assert.equal((await ask('DELETE', by('spec.adminPassword', value))).status, 403);
  }
  assert.equal((await ask('GET', by('spec.size', '3'))).json.items.length, 1);
  assert.equal(
    (await site.as('owner').call('GET', by('spec.adminPassword', canaryAt('password')))).json.items.length,
    1,
  );
});

test('an issued token is masked, as a value that opens the cluster past the gateway', async () => {
  const path = '/api/v1/namespaces/demo/serviceaccounts/default/token';
  const { status, json } = await ask('POST', path, { body: { spec: { expirationSeconds: 600 } } });
  assert.equal(status, 201);
  assert.match(json.status.token, MASK);
  const revealed = await site.as('owner').call('POST', path, { body: { spec: { expirationSeconds: 600 } } });
  assert.match(revealed.json.status.token, /^eyJ/);
});

test('changes of something else go through, and every value stays', async () => {
  const path = await givenDeployment('edited');
  const before = await valuesOf(path);
  const commands: readonly (readonly string[])[] = [
    ['label', 'deployment', 'edited', 'tier=backend'],
    ['annotate', 'deployment', 'edited', 'example.org/seen=yes'],
    ['scale', 'deployment', 'edited', '--replicas=0'],
    ['set', 'image', 'deployment/edited', 'shop=registry.example/shop:2'],
    ['patch', 'deployment', 'edited', '-p', '{"spec":{"minReadySeconds":1}}'],
    ['patch', 'deployment', 'edited', '--type=merge', '-p', '{"spec":{"minReadySeconds":2}}'],
    ['patch', 'deployment', 'edited', '--type=json', '-p', '[{"op":"add","path":"/spec/minReadySeconds","value":3}]'],
    ['set', 'env', 'deployment/edited', 'LOG_LEVEL=info'],
    ['rollout', 'restart', 'deployment/edited'],
  ];
  for (const command of commands) {
    const { code, stderr } = await kubectl(...command);
    assert.equal(code, 0, `${command.join(' ')}: ${stderr}`);
    await untilSettled(site.lab('lab'), path);
  }
  assert.equal(await valuesOf(path), before.replace('"debug"', '"info"'));
  const { spec } = await live(path);
  assert.equal(spec.minReadySeconds, 3);
  assert.equal(spec.template.spec.containers[0].image, 'registry.example/shop:2');
});

test('a JSON patch may ask for a version or a number, and for nothing that is masked', async () => {
  const path = await givenDeployment('tested');
  const patchOf = (target: string) => (operations: readonly object[]) =>
    ask('PATCH', target, { body: JSON.stringify(operations), contentType: JSON_PATCH });
  const config = '/api/v1/namespaces/demo/configmaps/masked';
  const { metadata } = await live(config);
  const changed = await patchOf(config)([
    { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    { op: 'test', path: '/data/log.level', value: 'debug' },
    { op: 'add', path: '/data/page-size', value: '25' },
  ]);
  assert.equal(changed.status, 200, changed.text);
  const patch = patchOf(path);
  const done = await patch([
    { op: 'test', path: '/spec/replicas', value: 0 },
    { op: 'test', path: '/spec/template/spec/containers/0/image', value: 'registry.example/shop:1' },
    { op: 'add', path: '/spec/minReadySeconds', value: 5 },
  ]);
  assert.equal(done.status, 200, done.text);
  const env = '/spec/template/spec/containers/0/env/1';
  for (const operation of [
    { op: 'test', path: `${env}/value`, value: canaryAt('variable') },
    { op: 'test', path: env, value: { name: 'DB_PASSWORD', value: canaryAt('variable') } },
    {
      op: 'test',
      path: '/spec/template/spec/containers/0/args/-1',
      value: `--api-key=${canaryAt('assigned argument')}`,
    },
    { op: 'copy', from: `${env}/value`, path: '/metadata/labels/shown' },
    { op: 'move', from: env, path: '/spec/template/spec/containers/0/env/0' },
    { op: 'copy', from: '/metadata/annotations/example.org~1api-token', path: '/metadata/labels/shown' },
  ]) {
    const refused = await patch([operation]);
    assert.equal(refused.status, 422, JSON.stringify(operation));
    assert.match(refused.json.message, /copy, move or compare a value that is masked/);
  }
});

test('a mask that is written back is refused by field, and the value stays', async () => {
  const path = await givenDeployment('replaced');
  const before = await valuesOf(path);
  const shown = await kubectl('get', 'deployment', 'replaced', '-o', 'json');
  const { metadata, ...rest } = JSON.parse(shown.stdout);
  const { annotations: _, ...bare } = metadata;
  const masked = await site.file('replaced-masked.json', JSON.stringify({ ...rest, metadata: bare }));
  for (const command of [['replace'], ['apply', '--server-side', '--force-conflicts'], ['apply']]) {
    const { code, stderr } = await kubectl(...command, '-f', masked);
    assert.equal(code, 1, command.join(' '));
    assert.match(stderr, /mask, not the real value/, command.join(' '));
  }
  const { json } = await ask('GET', path);
  const put = await ask('PUT', path, { body: { ...json, metadata: { name: 'replaced' } } });
  assert.deepEqual([put.status, put.json.reason], [422, 'Invalid']);
  const fields = put.json.details.causes.map(({ field }: { readonly field?: string }) => field);
  assert.ok(fields.includes('spec.template.spec.containers[0].command[2]'), put.text);
  assert.equal(await valuesOf(path), before);
});

test('kubectl diff shows what would change, and no difference between masks', async () => {
  await givenDeployment('compared');
  const change = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'compared' },
    spec: { replicas: 0, minReadySeconds: 7 },
  };
  const file = await site.file('compared-change.json', change);
  const { code, stdout, stderr } = await kubectl('diff', '--server-side', '--field-manager=agent', '-f', file);
  assert.equal(code, 1, stderr);
  const changed = stdout.split('\n').filter((line) => /^[+-] /.test(line) && !/generation|time:|manager/.test(line));
  assert.deepEqual(changed, ['+  minReadySeconds: 7']);
});

test('masks in the answer to a write tell nothing of what was written', async () => {
  const path = await givenDeployment('guessed');
  const shown = (await ask('GET', path)).json.spec.template.spec.containers[0].env[1].value;
  const guess = {
    spec: {
      template: {
        spec: { containers: [{ name: 'shop', env: [{ name: 'DB_PASSWORD', value: canaryAt('variable') }] }] },
      },
    },
  };
  const answers = [0, 1].map(() => ask('PATCH', `${path}?dryRun=All`, { body: guess, contentType: STRATEGIC_PATCH }));
  const masks = (await Promise.all(answers)).map(({ json }) => json.spec.template.spec.containers[0].env[1].value);
  for (const mask of masks) assert.match(mask, MASK);
  assert.equal(new Set([shown, ...masks]).size, 3);
  const idle = await ask('PATCH', `${path}?dryRun=All`, { body: { spec: { replicas: 0 } }, contentType: MERGE_PATCH });
  assert.equal(idle.json.spec.template.spec.containers[0].env[1].value, shown);
});

test('errors that print the object, or what was sent, show no value', async () => {
  const path = await givenDeployment('failing');
  const { admin } = site.lab('lab');
  const wrongType = [{ op: 'replace', path: '/spec/template/spec/containers/0/ports', value: 5 }];
  const printed = await admin.request('PATCH', path, wrongType, JSON_PATCH);
  assert.notEqual(formIn(JSON.stringify(printed.body)), undefined, 'the API server itself prints it');
  const container = (env: unknown) => ({ spec: { template: { spec: { containers: [{ name: 'shop', env }] } } } });
  for (const [contentType, body] of [
    [JSON_PATCH, wrongType],
    [MERGE_PATCH, { spec: { template: { spec: { containers: 5 } } } }],
    [MERGE_PATCH, { spec: { replicas: 'many' } }],
    [STRATEGIC_PATCH, container([{ name: 'DB_PASSWORD', value: { a: canaryAt('variable') } }])],
    [STRATEGIC_PATCH, container([{ name: 'no name=', value: canaryAt('variable') }])],
  ] as const) {
    const { status } = await ask('PATCH', path, { body: JSON.stringify(body), contentType });
    assert.ok(status >= 400 && status < 500, `${contentType} ${JSON.stringify(body)}: ${status}`);
  }
});

test('an object that is printed because a field of it is unknown, or may not change, shows no value', async () => {
  const { admin } = site.lab('lab');
  const template = { spec: { restartPolicy: 'Never', containers: [CONTAINER] } };
  const job = { metadata: { name: 'printed' }, spec: { suspend: true, template } };
  assert.equal((await admin.request('POST', JOBS, job)).status, 201);
  const unknown = [{ op: 'add', path: '/spec/zzz', value: 1 }];
  const image = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.example/shop:2' }];
  for (const [path, body, why] of [
    [await givenDeployment('printed'), unknown, /unknown field "spec\.zzz"/],
    ['/api/v1/namespaces/demo/configmaps/masked', [{ ...unknown[0], path: '/zzz' }], /unknown field "zzz"/],
    [`${JOBS}/printed`, image, /template\.spec: Invalid value: masked-.*: field is immutable/],
    [`${WIDGETS}/main`, [{ op: 'replace', path: '/spec/size', value: 'many' }], /spec\.size/],
    [`${WIDGETS}/main`, [{ op: 'replace', path: '/metadata/labels', value: 5 }], /labels/],
  ] as const) {
    const target = `${path}?fieldValidation=Strict`;
    const printed = await admin.request('PATCH', target, body, JSON_PATCH);
    assert.ok(printed.status >= 400, JSON.stringify(printed.body));
    const { status, json } = await ask('PATCH', target, { body: JSON.stringify(body), contentType: JSON_PATCH });
    assert.deepEqual([status, why.test(json.message)], [printed.status, true], json.message);
  }
});

test('an update of a pod that may not be, whose error prints what differs, shows no value', async () => {
  const path = '/api/v1/namespaces/demo/pods/masked';
  const changes = [
    { env: [{ name: 'LOG_LEVEL', value: 'info' }] },
    { env: [{ name: 'DB_PASSWORD', value: 'x' }] },
    { env: [{ name: 'DATABASE_URL', value: 'x' }] },
    { args: ['--listen=:8080', '--token', 'x', '--api-key=x'] },
    { command: ['sh', '-c', 'x'] },
    { livenessProbe: { httpGet: { httpHeaders: [{ name: 'Authorization', value: 'x' }] } } },
  ];
  for (const change of changes) {
    const body = { spec: { containers: [{ name: 'shop', ...change }] } };
    const printed = await site.lab('lab').admin.request('PATCH', path, body, STRATEGIC_PATCH);
    assert.equal(printed.status, 422);
    assert.match(printed.body.message, /\n-/, 'the API server itself prints what differs');
    const { status, json } = await ask('PATCH', path, { body, contentType: STRATEGIC_PATCH });
    assert.equal(status, 422);
    assert.match(json.message, /may not change fields.*\nmasked-v1-field-[a-z2-7]{26}(?:$| \(the API server)/);
  }
});

test('each answer has on record which rules masked how many values', async () => {
  const { id } = await ask('GET', `${DEPLOYMENTS}/made`);
  const answer = (await site.records())
    .map(({ record }) => record)
    .find((record) => record.type === 'answer' && record.exchange === id);
  assert.ok(answer?.type === 'answer');
  const rules = answer.masked?.map(({ rule, count }) => `${rule} ${count}`).toSorted();
  assert.deepEqual(rules, ['annotation-scan 1', 'argument 2', 'known-value 1', 'named-value 3', 'url-password 2']);
  assertNoCanary('the process logs', site.output);
});
