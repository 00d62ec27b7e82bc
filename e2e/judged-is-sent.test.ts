// SPDX-License-Identifier: Apache-2.0
// What was judged is what the API server does: nothing of a body changes on its way, nothing has two readings, and no
// redirect leads a request elsewhere.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createAuthority } from '@countersign/lab';
import { flowDefinition } from './baseline/objects.ts';
import { runKubectl } from './fixtures/kubectl.ts';
import { assertJoined } from './installation/assert-joined.ts';
import type { Caller } from './installation/caller.ts';
import { startCountersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const FLOWS = '/apis/flows.example.com/v1/namespaces/demo/flows';
const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const EVERYTHING = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

let site: Installation;
let scribe: Caller;

before(async () => {
  site = await startInstallation({
    organisation: '// what is judged is not the matter here',
    clusters: {
      lab: {
        policies: '@id("all") permit (principal, action, resource);',
        rights: { 'countersign:scribes': EVERYTHING },
      },
    },
    agents: { scribe: { clusters: { lab: ['countersign:scribes'] } } },
  });
  scribe = site.as('scribe');
  const { admin } = site.lab('lab');
  await admin.apply([flowDefinition]);
  await eventually('flows are served', async () => (await admin.request('GET', FLOWS)).status === 200);
});
after(() => site?.stop());

/** Past the gateway, byte by byte. */
async function direct(...args: readonly string[]): Promise<string> {
  const { kubectl, adminKubeconfig } = site.lab('lab');
  const { code, stdout, stderr } = await runKubectl(kubectl, adminKubeconfig, args);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** The text of a flow's spec, as the API server has it. */
async function specText(name: string): Promise<string> {
  return /"spec":(.*)\}\s*$/s.exec(await direct('get', '--raw', `${FLOWS}/${name}`))?.[1] ?? '';
}

const flow = (name: string, spec: string, more = '') =>
  `{"apiVersion":"flows.example.com/v1","kind":"Flow","metadata":{"name":"${name}"${more}},"spec":${spec}}`;

/** What a parser that is not careful changes: digits, members that look alike, members with a meaning in JavaScript. */
const DELICATE = `{"numbers":[9007199254740993,-9223372036854775808,9223372036854775807,1.10,1e3,0.1E-7,-0.0,123456789012345678],
  "password":"a","Password":"b","PASSWORD":"c","__proto__":{"x":1},"constructor":{"prototype":2},"":{"":0},
  "text":"\\u0041\\ud83d\\ude42 \\u2028 <&> \\u0000 é"}`;

test('numbers, members that look alike and odd texts are stored as they are when they are sent past the gateway', async () => {
  await direct('create', '--raw', FLOWS, '-f', await site.file('direct.json', flow('direct', DELICATE)));
  const wanted = await specText('direct');
  assert.match(wanted, /9007199254740993,-9223372036854775808/);
  const patches: readonly (readonly [type: string, body: string])[] = [
    ['merge-patch+json', `{"spec":${DELICATE}}`],
    ['json-patch+json', `[{"op":"replace","path":"/spec","value":${DELICATE}}]`],
    ['apply-patch+yaml', flow('changed', DELICATE)],
  ];
  const made = await scribe.call('POST', FLOWS, { body: flow('made', DELICATE) });
  assert.equal(made.status, 201, made.text);
  assert.equal(await specText('made'), wanted);
  for (const [type, body] of patches) {
    const path = `${FLOWS}/changed`;
    assert.equal((await scribe.call('POST', FLOWS, { body: flow('changed', '{}') })).status, 201);
    const query = type.startsWith('apply') ? '?fieldManager=e2e&force=true' : '';
    const answer = await scribe.call('PATCH', `${path}${query}`, { contentType: `application/${type}`, body });
    assert.equal(answer.status, 200, `${type}: ${answer.text}`);
    assert.equal(await specText('changed'), wanted, type);
    const { metadata } = (await scribe.call('GET', path)).json;
    const replaced = flow('changed', DELICATE, `,"resourceVersion":"${metadata.resourceVersion}"`);
    assert.equal((await scribe.call('PUT', path, { body: replaced })).status, 200);
    assert.equal(await specText('changed'), wanted, `PUT after ${type}`);
    assert.equal((await scribe.call('DELETE', path)).status, 200);
  }
});

test('a member in another case is the unknown one that it is, and none is ever taken for the other', async () => {
  const body =
    '{"kind":"ConfigMap","metadata":{"name":"cased"},"Data":{"a":"1"},"data":{"Foo":"2","foo":"3"},"DATA":{}}';
  const strict = await scribe.call('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, { body });
  assert.equal(strict.status, 400, strict.text);
  assert.match(strict.json.message, /unknown field "Data", unknown field "DATA"/);
  const made = await scribe.call('POST', CONFIG_MAPS, { body });
  assert.equal(made.status, 201, made.text);
  assert.match(String(made.headers.warning), /unknown field \\"Data\\".*unknown field \\"DATA\\"/);
  const { body: stored } = await site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/cased`);
  assert.deepEqual(stored.data, { Foo: '2', foo: '3' });
});

test('a member that stands twice is refused, wherever it stands and however it is spelled', async () => {
  const twice = [
    '{"metadata":{"name":"twice"},"data":{"a":"1","a":"2"}}',
    '{"metadata":{"name":"twice"},"data":{"a":"1","\\u0061":"2"}}',
    '{"metadata":{"name":"twice"},"metadata":{"name":"other"}}',
    '{"metadata":{"name":"twice","labels":{"x":"1","x":"1"}}}',
  ];
  for (const body of twice) {
    const answer = await scribe.call('POST', CONFIG_MAPS, { body });
    assert.deepEqual([answer.status, answer.json.reason], [400, 'BadRequest'], body);
  }
  const operations = '[{"op":"add","path":"/data/x","path":"/data/y","value":"1"}]';
  const patched = await scribe.call('PATCH', `${CONFIG_MAPS}/cased`, {
    contentType: 'application/json-patch+json',
    body: operations,
  });
  assert.equal(patched.status, 400, patched.text);
});

test('options of a delete that stand where they have no effect are refused, and those in the body have theirs', async () => {
  const { admin } = site.lab('lab');
  const kept = `${CONFIG_MAPS}/kept`;
  const isThere = async () => (await admin.request('GET', kept)).status === 200;
  assert.equal((await admin.request('POST', CONFIG_MAPS, { metadata: { name: 'kept' } })).status, 201);
  for (const body of ['{}', '{"dryRun":[]}', '{"kind":"DeleteOptions","apiVersion":"v1"}']) {
    const answer = await scribe.call('DELETE', `${kept}?dryRun=All`, { body });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.message, /dryRun stands in the query/);
  }
  const many = await scribe.call('DELETE', `${CONFIG_MAPS}?dryRun=All&labelSelector=none%3Dsuch`, { body: '{}' });
  assert.equal(many.status, 400, many.text);
  const rehearsed = await scribe.call('DELETE', kept, { body: '{"dryRun":["All"]}' });
  assert.equal(rehearsed.status, 200, rehearsed.text);
  assert.ok(await isThere());
  const records = (await site.records()).map(({ record }) => record);
  const intent = records.find((record) => record.type === 'intent' && record.exchange === rehearsed.id);
  assert.ok(intent?.type === 'intent');
  assert.ok(intent.request?.kind === 'resource' && intent.request.dryRun, 'judged as the dry run that it is');
  const stranger = await scribe.call('DELETE', kept, { body: '{"preconditions":{"uid":"another"}}' });
  assert.equal(stranger.status, 409, stranger.text);
  assert.equal((await scribe.call('DELETE', kept, { body: '{"propagationPolicy":"Background"}' })).status, 200);
  assert.equal(await isThere(), false);
});

test('a path is written anew from its parts: what may be escaped in two ways goes upstream in one', async () => {
  const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  const spelled = [`${roles}/system:basic-user`, `${roles}/system%3Abasic-user`, `${roles}/%73ystem%3abasic-user`];
  const answers = await Promise.all(spelled.map((path) => scribe.call('GET', path)));
  const ids = new Set(answers.map(({ id }) => id));
  for (const { status, json } of answers) assert.deepEqual([status, json.metadata.name], [200, 'system:basic-user']);
  const events = (await site.audit('lab')).filter(({ auditID }) => ids.has(auditID));
  assert.deepEqual([...new Set(events.map(({ requestURI }) => requestURI))], [`${roles}/system%3Abasic-user`]);
});

test('all of it joins with the audit log of the API server', async () => {
  await assertJoined(site, ['lab']);
});

/** What no API server does: it sends every request elsewhere, and counts what arrives there. */
async function openRedirector(status: number, locationOf: (port: number) => string) {
  const authority = await createAuthority('redirector-ca');
  const { certificate: cert, key } = await authority.issue({ commonName: 'redirector', addresses: ['127.0.0.1'] });
  const targets: string[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    targets.push(`${request.method} ${request.url}`);
    const { port } = server.address() as AddressInfo;
    response.writeHead(status, { location: locationOf(port), 'content-type': 'text/html' }).end('<a>elsewhere</a>');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, ca: authority.certificate, targets, close: () => server.close() };
}

test('no redirect is followed, and none is passed on', async () => {
  await site.connectors.get('lab')?.stop();
  const text = await readFile(site.lab('lab').connectorKubeconfig, 'utf8');
  for (const [status, locationOf] of [
    [301, () => '/api/v1/namespaces/kube-system/secrets'],
    [302, (port: number) => `https://127.0.0.1:${port}/elsewhere`],
    [307, () => '//evil.example/api'],
    [308, () => '/openapi/v3/apis/apps/v1?hash=00'],
  ] as const) {
    const upstream = await openRedirector(status, locationOf);
    const caFile = await site.file('redirector-ca.pem', upstream.ca);
    const kubeconfig = await site.file(
      'redirector.kubeconfig',
      text
        .replace(/"server": "[^"]*"/, `"server": "https://127.0.0.1:${upstream.port}"`)
        .replace(/"certificate-authority": "[^"]*"/, `"certificate-authority": "${caFile}"`)
        .replace(/"tokenFile": "[^"]*"/, `"tokenFile": "${site.lab('lab').connectorTokenFile}"`),
    );
    const connector = startCountersign(
      'connector',
      ...['--gateway', `127.0.0.1:${site.config.listeners.tunnel.port}`],
      ...['--state', join(site.dir, 'connector-lab'), '--kubeconfig', kubeconfig],
    );
    await connector.stderr.find((line) => line.includes('"event":"connected"'));
    await site.hasConnectors('lab', 1);
    for (const [method, path] of [
      ['GET', CONFIG_MAPS],
      ['GET', '/version'],
      ['POST', CONFIG_MAPS],
      ['GET', '/openapi/v3/apis/batch/v1?hash=00'],
    ] as const) {
      const body = method === 'POST' ? { metadata: { name: 'led-away' } } : undefined;
      const answer = await scribe.call(method, path, { body });
      assert.equal(answer.status, 502, `${status} ${method} ${path}: ${answer.text}`);
      assert.equal(answer.json.details.causes[0].reason, 'ERR_UPSTREAM_REDIRECT');
      assert.equal(answer.headers.location, undefined);
      assert.ok(!answer.text.includes('elsewhere'));
    }
    assert.equal(upstream.targets.length, 4, upstream.targets.join('\n'));
    await connector.stop();
    upstream.close();
  }
});
