// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { runKubectl } from './fixtures/kubectl.ts';
import { spellingsOf } from './fixtures/spellings.ts';
import { assertJoined } from './installation/assert-joined.ts';
import type { Answer } from './installation/call.ts';
import type { Caller, CallOptions } from './installation/caller.ts';
import type { CommandResult } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { writtenFiles } from './installation/written-files.ts';
import { type Installation, startInstallation } from './installation.ts';

const SECRETS = '/api/v1/namespaces/demo/secrets';
const CANARY = `canary-${randomBytes(12).toString('hex')}`;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';

const FORMS = spellingsOf(CANARY);

let site: Installation;
let agent: Caller;

before(async () => {
  site = await startInstallation({
    organisation: '@id("everything") permit (principal == Agent::"trusted", action, resource);',
    clusters: {
      lab: {
        policies: '// none of its own',
        rights: { 'countersign:trusted': [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }] },
      },
    },
    agents: { trusted: { clusters: { lab: ['countersign:trusted'] } } },
  });
  agent = site.as('trusted');
});
after(() => site?.stop());

function assertNoCanary(what: string, text: string): void {
  for (const form of FORMS)
    assert.ok(!text.includes(form), `${what} shows the canary as ${form}:\n${text.slice(0, 2_000)}`);
}

/** Makes a Secret as its owner does, by `kubectl apply`, so that it stands in the last-applied annotation too. */
async function givenSecret(name: string, more: object = {}): Promise<string> {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'demo' },
    stringData: { password: CANARY },
    ...more,
  };
  const { kubectl, adminKubeconfig, admin } = site.lab('lab');
  const applied = await runKubectl(kubectl, adminKubeconfig, ['apply', '-f', await site.file(`${name}.json`, secret)]);
  assert.equal(applied.code, 0, applied.stderr);
  const { body } = await admin.request('GET', `${SECRETS}/${name}`);
  assert.equal(Buffer.from(body.data.password, 'base64').toString(), CANARY);
  assert.ok(body.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'].includes(CANARY));
  return `${SECRETS}/${name}`;
}

/** Calls as the agent; nothing of the answer shows the canary, and the API server has seen the request. */
async function ask(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const answer = await agent.call(method, path, options);
  assertNoCanary(`${method} ${path}`, `${JSON.stringify(answer.headers)}\n${answer.text}`);
  await eventually(`${method} ${path} is in the audit log, whose answer was ${answer.text}`, async () =>
    (await site.audit('lab')).some(({ auditID }) => auditID === answer.id),
  );
  return answer;
}

async function kubectl(...args: readonly string[]): Promise<CommandResult> {
  const result = await agent.kubectl(...args);
  assertNoCanary(`kubectl ${args.join(' ')}`, result.stdout + result.stderr);
  return result;
}

/** The value is there, in its place, and is a mask. */
function assertMasked(data: { readonly password?: string }): void {
  assert.match(Buffer.from(data.password ?? '', 'base64').toString(), /^masked-v1-secret-/);
}

test('get and list, in every form that the API server has', async () => {
  const path = await givenSecret('read');
  const plain = await ask('GET', path);
  assert.equal(plain.status, 200);
  assertMasked(plain.json.data);
  const list = await ask('GET', SECRETS);
  for (const { data } of list.json.items) for (const key of Object.keys(data)) assertMasked({ password: data[key] });
  for (const target of [path, SECRETS, '/api/v1/secrets']) {
    for (const accept of [
      TABLE,
      METADATA,
      'application/vnd.kubernetes.protobuf',
      'application/yaml,application/json;q=0.9',
      '*/*',
      'application/json;q=0.9,application/cbor;q=1',
    ]) {
      for (const query of ['', '?includeObject=Object', '?pretty=true']) {
        await agent
          .call('GET', `${target}${query}`, { headers: { accept, 'accept-encoding': 'gzip' } })
          .then(({ text, headers }) => {
            assertNoCanary(`${accept} ${target}${query}`, text);
            assert.equal(headers['content-encoding'], undefined);
          });
      }
    }
  }
});

test('a Table whose rows hold whole objects', async () => {
  const path = await givenSecret('table');
  for (const target of [path, SECRETS]) {
    const { json } = await ask('GET', `${target}?includeObject=Object`, { headers: { accept: TABLE } });
    assert.equal(json.kind, 'Table');
    assert.ok(json.rows.length > 0);
    for (const { object } of json.rows) if (object.metadata.name === 'table') assertMasked(object.data);
  }
});

test('metadata alone, whose last-applied annotation holds the value', async () => {
  const path = await givenSecret('metadata');
  const { json } = await ask('GET', path, { headers: { accept: METADATA } });
  assert.equal(json.kind, 'PartialObjectMetadata');
  assert.match(json.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'], /masked-v1-secret-/);
});

for (const [form, accept, query] of [
  ['whole objects', 'application/json', ''],
  ['Tables', TABLE, '&includeObject=Object'],
  ['metadata', METADATA, ''],
] as const) {
  test(`a watch of ${form}: added, modified and deleted`, async () => {
    const name = `watched-${form.replace(/\W/g, '').toLowerCase()}`;
    const path = await givenSecret(name);
    const { admin } = site.lab('lab');
    const selector = `fieldSelector=metadata.name%3D${name}`;
    const watch = await agent.open('GET', `${SECRETS}?watch=true&${selector}${query}`, { headers: { accept } });
    assert.equal(watch.status, 200);
    await watch.lines.find((line) => line.includes('"ADDED"'));
    await admin.request('PATCH', path, { stringData: { password: `${CANARY}!` } }, 'application/merge-patch+json');
    await watch.lines.find((line) => line.includes('"MODIFIED"'));
    await admin.request('DELETE', path);
    await watch.lines.find((line) => line.includes('"DELETED"'));
    watch.close();
    assertNoCanary('the watch', watch.lines.all.join('\n'));
    assert.ok(watch.lines.all.every((line) => line.includes('masked-v1-secret-') || form === 'Tables'));
  });
}

test('a watch that begins with a list, as informers ask for it', async () => {
  await givenSecret('informed');
  const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const watch = await agent.open('GET', `${SECRETS}?${query}`);
  const bookmark = await watch.lines.find((line) => line.includes('"BOOKMARK"'));
  watch.close();
  assert.equal(JSON.parse(bookmark).object.metadata.annotations['k8s.io/initial-events-end'], 'true');
  assert.ok(watch.lines.all.some((line) => line.includes('"informed"')));
  assertNoCanary('the watch', watch.lines.all.join('\n'));
});

test('patches that fail, whose errors print the object', async () => {
  const path = await givenSecret('patched');
  const wrongType = [{ op: 'replace', path: '/data/password', value: 5 }];
  const { admin } = site.lab('lab');
  const direct = await admin.request('PATCH', path, wrongType, 'application/json-patch+json');
  assert.equal(direct.status, 422);
  assert.ok(
    FORMS.some((form) => direct.body.message.includes(form)),
    'the API server itself shows the value here',
  );
  const apply = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'patched' } };
  const failing: readonly (readonly [type: string, patch: unknown])[] = [
    ['json-patch+json', wrongType],
    ['merge-patch+json', { data: 5 }],
    ['merge-patch+json', { data: { password: 'no base64 ' } }],
    ['strategic-merge-patch+json', { data: [CANARY] }],
    ['apply-patch+yaml', { ...apply, data: { password: 'no base64 ' } }],
    ['apply-patch+yaml', { ...apply, data: { password: 'bm8=' } }],
  ];
  for (const [type, body] of failing) {
    const options = { body: JSON.stringify(body), contentType: `application/${type}` };
    const { status } = await ask('PATCH', `${path}?fieldManager=e2e`, options);
    assert.ok(status >= 400 && status < 500, `${type} ${JSON.stringify(body)}: ${status}`);
  }
});

test('patches that would read a value are refused, and nothing of them is sent', async () => {
  const path = await givenSecret('read-by-patch');
  const from = '/data/password';
  for (const operation of [
    { op: 'copy', from, path: '/metadata/labels/shown' },
    { op: 'move', from, path: '/metadata/annotations/shown' },
    { op: 'test', path: from, value: Buffer.from(CANARY).toString('base64') },
    { op: 'copy', from: '/data', path: '/metadata/annotations' },
  ]) {
    const options = { body: JSON.stringify([operation]), contentType: 'application/json-patch+json' };
    const answer = await agent.call('PATCH', path, options);
    assertNoCanary(operation.op, answer.text);
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.json.message, /copy, move or compare a value that is masked; use add, replace and remove/);
    assert.ok(!(await site.audit('lab')).some(({ auditID }) => auditID === answer.id));
  }
});

test('patches that change nothing, and answer with the object', async () => {
  const path = await givenSecret('idle');
  for (const [contentType, body] of [
    ['application/merge-patch+json', {}],
    ['application/strategic-merge-patch+json', {}],
    ['application/json-patch+json', []],
    ['application/apply-patch+yaml', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'idle' } }],
  ] as const) {
    const { status, json } = await ask('PATCH', `${path}?fieldManager=e2e`, { body, contentType });
    assert.equal(status, 200);
    assertMasked(json.data);
  }
});

test('creating and applying: what the agent itself sent comes back masked', async () => {
  const secret = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    stringData: { password: CANARY },
  });
  const rehearsed = await ask('POST', `${SECRETS}?dryRun=All`, { body: secret('made') });
  assert.equal(rehearsed.status, 201);
  assertMasked(rehearsed.json.data);
  const made = await ask('POST', SECRETS, { body: secret('made') });
  assert.equal(made.status, 201);
  assertMasked(made.json.data);
  const twice = await ask('POST', SECRETS, { body: secret('made') });
  assert.equal(twice.status, 409);
  const applied = await ask('PATCH', `${SECRETS}/applied?fieldManager=e2e`, {
    body: secret('applied'),
    contentType: 'application/apply-patch+yaml',
  });
  assert.equal(applied.status, 201);
  assertMasked(applied.json.data);
  const updated = await ask('PUT', `${SECRETS}/made`, { body: secret('made') });
  assert.equal(updated.status, 200);
  assertMasked(updated.json.data);
});

test('errors about immutable Secrets and wrong types', async () => {
  const path = await givenSecret('immutable', { immutable: true });
  const body = { stringData: { password: `${CANARY}2` } };
  const { status } = await ask('PATCH', path, { body, contentType: 'application/merge-patch+json' });
  assert.equal(status, 422);
  const wrong = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'wrong' }, data: CANARY };
  const refused = await ask('POST', SECRETS, { body: wrong });
  assert.equal(refused.status, 400);
});

test('delete with foreground propagation, and deletecollection, answer with objects', async () => {
  const path = await givenSecret('deleted');
  const options = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Foreground' };
  const rehearsed = await ask('DELETE', path, { body: { ...options, dryRun: ['All'] } });
  assert.equal(rehearsed.status, 200);
  const deleted = await ask('DELETE', path, { body: options });
  assert.equal(deleted.status, 200);
  assert.equal(deleted.json.kind, 'Secret');
  assertMasked(deleted.json.data);
  await givenSecret('swept', { metadata: { name: 'swept', namespace: 'demo', labels: { sweep: 'yes' } } });
  const swept = await ask('DELETE', `${SECRETS}?labelSelector=sweep%3Dyes`);
  assert.equal(swept.status, 200);
  assert.equal(swept.json.items.length, 1);
  assertMasked(swept.json.items[0].data);
  assert.equal((await site.lab('lab').admin.request('GET', `${SECRETS}/swept`)).status, 404);
});

test('kubectl in the ways that people look at Secrets', async () => {
  await givenSecret('shown');
  for (const output of [
    'wide',
    'yaml',
    'json',
    'name',
    'jsonpath={.data.password}',
    'go-template={{.data.password|base64decode}}',
  ]) {
    const { code, stderr } = await kubectl('get', 'secret', 'shown', '-o', output);
    assert.equal(code, 0, stderr);
  }
  await kubectl('get', 'secrets', '-A', '-o', 'yaml', '--show-managed-fields');
  const described = await kubectl('describe', 'secret', 'shown');
  assert.match(described.stdout, /password:\s+\d+ bytes/);
  const verbose = await kubectl('get', 'secret', 'shown', '-o', 'json', '-v=9');
  assert.equal(verbose.code, 0);
});

test('a mask that is written back is refused by field, and the value stays', async () => {
  const path = await givenSecret('edited');
  const shown = await kubectl('get', 'secret', 'edited', '-o', 'json');
  const masked = await site.file('edited-masked.json', shown.stdout);
  for (const command of [
    ['replace'],
    ['apply', '--server-side', '--force-conflicts'],
    ['create', '--dry-run=server'],
  ]) {
    const { code, stderr } = await kubectl(...command, '-f', masked);
    assert.equal(code, 1);
    assert.match(stderr, /mask, not the real value/, command.join(' '));
    assert.match(stderr, /data\.password|last-applied-configuration/, command.join(' '));
  }
  const { json } = await agent.call('GET', path);
  const put = await agent.call('PUT', path, { body: { ...json, metadata: { name: 'edited' } } });
  assert.equal(put.status, 422);
  assert.equal(put.json.reason, 'Invalid');
  assert.ok(
    put.json.details.causes.some(({ field }: { field?: string }) => field === 'data.password'),
    put.text,
  );
  const { body } = await site.lab('lab').admin.request('GET', path);
  assert.equal(Buffer.from(body.data.password, 'base64').toString(), CANARY);
});

test('nothing that the product wrote holds the value: process logs, evidence, state', async () => {
  assertNoCanary('the process logs', site.output);
  const { log, dataDir } = site.config;
  for (const dir of [log.dir, dataDir]) {
    const files = await writtenFiles(dir);
    assert.ok(files.length > 0);
    for (const { path, bytes } of files) {
      for (const form of FORMS) assert.equal(bytes.indexOf(form), -1, `${path} holds ${form}`);
    }
  }
});

test('the audit log of the API server and ours join', async (context) => {
  const { both, oneSided } = await assertJoined(site, ['lab']);
  assert.ok(both > 90);
  context.diagnostic(
    `kube-apiserver ${site.lab('lab').version}: ${both} exchanges on both sides, ${oneSided} refused by us alone`,
  );
});
