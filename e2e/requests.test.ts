// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { assertJoined } from './installation/assert-joined.ts';
import { call } from './installation/call.ts';
import type { Caller } from './installation/caller.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

const POLICIES = `
@id("clerk-reads")
permit (principal == Agent::"clerk", action in Action::"read", resource);

@id("clerk-writes")
permit (principal == Agent::"clerk", action in [Action::"create", Action::"update", Action::"patch"], resource in Namespace::"demo");
`;

let site: Installation;
let clerk: Caller;

before(async () => {
  site = await startInstallation({
    clusters: { lab: { policies: POLICIES } },
    agents: { clerk: { clusters: { lab: ['countersign:clerks'] } } },
  });
  clerk = site.as('clerk');
});
after(() => site?.stop());

/** Records of one exchange. */
async function recordsOf(id: string) {
  const records = await site.records();
  return records.flatMap(({ record }) => ('exchange' in record && record.exchange === id ? [record] : []));
}

test('each answer names its request id, and the log has it under that', async () => {
  const made = { metadata: { name: 'numbered' }, data: { one: '1' } };
  const read = await clerk.call('GET', `${CONFIG_MAPS}/settings`);
  const created = await clerk.call('POST', CONFIG_MAPS, { body: made });
  const missing = await clerk.call('GET', `${CONFIG_MAPS}/missing`);
  const denied = await clerk.call('DELETE', `${CONFIG_MAPS}/numbered`);
  const malformed = await clerk.call('GET', '/api/v1/namespaces/demo/../secrets');
  const expected = [
    [read, 200, ['answer']],
    [created, 201, ['intent', 'outcome']],
    [missing, 404, ['answer']],
    [denied, 403, ['refusal']],
    [malformed, 400, ['refusal']],
  ] as const;
  for (const [answer, status, types] of expected) {
    assert.equal(answer.status, status, answer.text);
    const records = await recordsOf(answer.id);
    assert.deepEqual(
      records.map(({ type }) => type),
      types,
    );
    for (const record of records) assert.ok(!('status' in record) || record.status === status);
  }
  const text = await countersign('evidence', 'show', site.evidence.dir, created.id);
  assert.match(text, /clerk/);
  assert.match(text, /numbered/);
});

test('what the API server itself says of a request passes', async () => {
  const conflict = { metadata: { name: 'settings', resourceVersion: '1' }, data: {} };
  const nameless = { metadata: { name: 'Not A Name' }, data: {} };
  const existing = { metadata: { name: 'settings' }, data: {} };
  const answers = [
    [404, 'NotFound', await clerk.call('GET', `${CONFIG_MAPS}/missing`)],
    [409, 'Conflict', await clerk.call('PUT', `${CONFIG_MAPS}/settings`, { body: conflict })],
    [409, 'AlreadyExists', await clerk.call('POST', CONFIG_MAPS, { body: existing })],
    [422, 'Invalid', await clerk.call('POST', CONFIG_MAPS, { body: nameless })],
    [403, 'Forbidden', await clerk.call('GET', '/api/v1/namespaces/kube-system/secrets')],
  ] as const;
  for (const [status, reason, answer] of answers) {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.json.reason, reason);
    const [record] = (await recordsOf(answer.id)).slice(-1);
    assert.equal(record && 'status' in record ? record.status : undefined, status);
  }
});

test('bodies that are neither JSON nor protobuf are refused with what to send instead', async () => {
  const configMap = { metadata: { name: 'typed' } };
  const refused = [
    ['application/yaml', 'metadata: { name: typed }', /YAML bodies are not read.*send application\/json/],
    ['application/cbor', Buffer.from([0xa0]), /CBOR bodies are not read: send application\/json/],
    ['text/plain', 'hello', /the Content-Type must be application\/json/],
  ] as const;
  for (const [contentType, body, message] of refused) {
    const answer = await clerk.call('POST', CONFIG_MAPS, { contentType, body });
    assert.equal(answer.status, 415);
    assert.match(answer.json.message, message);
  }
  const packed = await clerk.call('POST', CONFIG_MAPS, { body: configMap, headers: { 'content-encoding': 'gzip' } });
  assert.equal(packed.status, 415);
});

test('bodies that two parsers could read differently are refused', async () => {
  const bodies = [
    '{"metadata":{"name":"a","name":"b"}}',
    '\ufeff{"metadata":{"name":"a"}}',
    '{"metadata":{"name":"a"}} {}',
    '{',
    '',
  ];
  for (const body of bodies) {
    const answer = await clerk.call('POST', CONFIG_MAPS, { body });
    assert.equal(answer.status, 400, JSON.stringify(body));
  }
  assert.equal(
    (await clerk.call('GET', CONFIG_MAPS)).json.items.some(
      ({ metadata }: { metadata: { name: string } }) => metadata.name.length === 1,
    ),
    false,
  );
});

test('upgrades and HTTP/1.1 tricks with headers are refused', async () => {
  const upgrades = [
    [
      'GET',
      `${CONFIG_MAPS}?watch=true`,
      'websocket',
      /connection upgrades pass for exec, attach and port-forward alone/,
    ],
    ['POST', '/api/v1/namespaces/demo/pods/web/exec?command=id', 'SPDY/3.1', /none of the offered stream protocols/],
    [
      'GET',
      '/api/v1/namespaces/demo/pods/web/exec?command=id',
      'websocket',
      /sec-websocket-version must stand exactly once/,
    ],
  ] as const;
  for (const [method, path, upgrade, says] of upgrades) {
    const answer = await clerk.call(method, path, { headers: { connection: 'upgrade', upgrade } });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.message, says);
  }
  for (const header of [
    'Impersonate-User',
    'impersonate-group',
    'Impersonate_User',
    'X-Remote-User',
    'IMPERSONATE-EXTRA-a',
  ]) {
    const answer = await clerk.call('GET', CONFIG_MAPS, { headers: { [header]: 'system:masters' } });
    assert.equal(answer.status, 403, header);
  }
  const hidden = await clerk.call('GET', CONFIG_MAPS, {
    headers: { connection: 'keep-alive, audit-id, impersonate-user' },
  });
  assert.equal(hidden.status, 200);
  const event = await eventually('the request is in the audit log', async () =>
    (await site.audit('lab')).find(({ auditID, stage }) => auditID === hidden.id && stage === 'ResponseComplete'),
  );
  assert.equal(event.impersonatedUser?.username, 'countersign:agent:clerk');
});

test('a SelfSubjectAccessReview answers for policy and RBAC together', async () => {
  const cases = [
    [{ verb: 'get', resource: 'configmaps', namespace: 'demo' }, true, /allowed by rule clerk-reads/],
    [{ verb: 'delete', resource: 'configmaps', namespace: 'demo', name: 'settings' }, false, /no policy permits it/],
    [{ verb: 'list', resource: 'secrets', namespace: 'kube-system' }, false, /RBAC\) don't allow it.*clerk-reads/],
    [{ verb: 'create', resource: 'services', namespace: 'demo' }, false, /RBAC\) don't allow it.*clerk-writes/],
    [{ verb: 'delete', resource: 'namespaces', name: 'demo' }, false, /no policy permits it/],
    [{ verb: '*', resource: '*' }, false, /one verb and one resource/],
    [{ verb: 'get', resource: 'nodes', subresource: 'proxy', name: 'n' }, false, /does not pass this kind/],
  ] as const;
  for (const [resourceAttributes, allowed, reason] of cases) {
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    };
    const { status, json } = await clerk.call('POST', REVIEWS, { body });
    assert.equal(status, 201);
    assert.equal(json.status.allowed, allowed, JSON.stringify(json));
    assert.match(json.status.reason, reason);
  }
});

test('kubectl asks by protobuf what it may do, and is told', async () => {
  const yes = await clerk.kubectl('auth', 'can-i', 'get', 'configmaps');
  assert.deepEqual([yes.code, yes.stdout], [0, 'yes'], yes.stderr);
  const no = await clerk.kubectl('auth', 'can-i', 'delete', 'nodes');
  assert.equal(no.code, 1);
  assert.match(no.stdout, /^no - countersign: /);
});

test('a warning of the API server reaches the caller', async () => {
  const body = { metadata: { name: 'warned' }, surprise: true };
  const { status, headers } = await clerk.call('POST', `${CONFIG_MAPS}?fieldValidation=Warn`, { body });
  assert.equal(status, 201);
  assert.match(String(headers.warning), /^299 .*unknown field.*surprise/);
});

test('a warning that quotes a value of the write tells it masked', async () => {
  const { admin } = site.lab('lab');
  const registration = '/apis/admissionregistration.k8s.io/v1';
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
  const validation = {
    expression: '!has(object.data) || !("password" in object.data)',
    messageExpression: '"the value \'" + object.data.password + "\' is not what we want"',
  };
  const given = [
    [
      'validatingadmissionpolicies',
      { matchConstraints: { resourceRules: [{ ...rule }] }, validations: [validation], failurePolicy: 'Ignore' },
    ],
    ['validatingadmissionpolicybindings', { policyName: 'tells', validationActions: ['Warn'] }],
  ] as const;
  for (const [resource, spec] of given) {
    const made = await admin.request('POST', `${registration}/${resource}`, { metadata: { name: 'tells' }, spec });
    assert.equal(made.status, 201, made.body.message);
  }
  const value = 'Zk9vQ2x7Lw3pT8sN';
  const data = { password: value };
  const told = await eventually('the API server warns', async () => {
    const made = await clerk.call('POST', `${CONFIG_MAPS}?dryRun=All`, { body: { metadata: { name: 'told' }, data } });
    assert.equal(made.status, 201, made.text);
    return made.headers.warning;
  });
  assert.match(String(told), /^299 .*: the value 'masked-v1-text-[a-z2-7]{26}' is not what we want"$/);
});

test('discovery is cached by its ETag', async () => {
  const headers = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
  const whole = await clerk.call('GET', '/apis', { headers });
  assert.equal(whole.status, 200);
  const again = await clerk.call('GET', '/apis', {
    headers: { ...headers, 'if-none-match': String(whole.headers.etag) },
  });
  assert.equal(again.status, 304);
  assert.equal(again.text, '');
});

test('a long answer has a start and an end on record, and comes in pages where asked', async () => {
  const { admin } = site.lab('lab');
  for (const number of [1, 2, 3]) {
    const body = { metadata: { name: `long-${number}`, labels: { long: 'yes' } }, data: { text: 'x'.repeat(100_000) } };
    assert.equal((await admin.request('POST', CONFIG_MAPS, body)).status, 201);
  }
  const list = await clerk.call('GET', `${CONFIG_MAPS}?labelSelector=long%3Dyes`);
  assert.equal(list.json.items.length, 3);
  const [start, end, ...others] = await recordsOf(list.id);
  assert.deepEqual([start?.type, end?.type, others.length], ['answer.start', 'answer.end', 0]);
  assert.ok(end?.type === 'answer.end');
  assert.deepEqual([end.end, end.bytes], ['complete', Buffer.byteLength(list.text)]);
  const page = await clerk.call('GET', `${CONFIG_MAPS}?labelSelector=long%3Dyes&limit=2`);
  assert.equal(page.json.items.length, 2);
  const rest = `&limit=2&continue=${encodeURIComponent(page.json.metadata.continue)}`;
  const last = await clerk.call('GET', `${CONFIG_MAPS}?labelSelector=long%3Dyes${rest}`);
  assert.equal(last.json.items.length, 1);
});

test('a watch of nothing has its head at once', async () => {
  const watch = await clerk.open('GET', `${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3Dnone`);
  assert.equal(watch.status, 200);
  assert.deepEqual(watch.lines.all, []);
  watch.close();
});

test('many requests at once each get their own answer and record', async () => {
  const names = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'settings' : `none-${index}`));
  const answers = await Promise.all(names.map((name) => clerk.call('GET', `${CONFIG_MAPS}/${name}`)));
  assert.equal(new Set(answers.map(({ id }) => id)).size, names.length);
  for (const [index, { status, text }] of answers.entries()) {
    assert.equal(status, index % 2 === 0 ? 200 : 404);
    assert.ok(text.includes(`"${names[index]}"`) || text.includes(`\\"${names[index]}\\"`));
  }
  const recorded = new Set((await site.records()).map(({ record }) => ('exchange' in record ? record.exchange : '')));
  for (const { id } of answers) assert.ok(recorded.has(id));
});

test('the audit log of the API server and ours join', async (context) => {
  const { both, oneSided } = await assertJoined(site, ['lab']);
  assert.ok(both >= 20, `${both}`);
  context.diagnostic(
    `kube-apiserver ${site.lab('lab').version}: ${both} exchanges on both sides, ${oneSided} refused by us alone`,
  );
});

test('a request that goes past the gateway shows in that join', async () => {
  const { server, caFile, connectorTokenFile } = site.lab('lab');
  const bypass = await call({
    method: 'GET',
    url: `${server}/openid/v1/jwks`,
    ca: await readFile(caFile, 'utf8'),
    headers: { authorization: `Bearer ${await readFile(connectorTokenFile, 'utf8')}` },
  });
  assert.equal(bypass.status, 200);
  await assert.rejects(assertJoined(site, ['lab']), /the connector did what is not on record/);
});
