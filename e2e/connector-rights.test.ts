// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { EVERYTHING } from './baseline/default-agent.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { type Answer, call } from './installation/call.ts';
import { countersign } from './installation/countersign.ts';
import { RunningProcess } from './installation/running-process.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const ROLE = '/apis/rbac.authorization.k8s.io/v1/clusterroles/countersign:countersign:connector';
const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const CLERK = { 'impersonate-user': 'countersign:agent:clerk', 'impersonate-group': 'countersign:clerks' };

type Headers = Readonly<Record<string, string | string[]>>;
type Attempt = readonly [method: string, path: string, body?: object];

let site: Installation;

before(async () => {
  site = await startInstallation({
    clusters: {
      lab: {
        policies: '@id("all") permit (principal, action, resource);',
        rights: { 'countersign:clerks': EVERYTHING },
        shippedBound: true,
      },
    },
    agents: { clerk: { clusters: { lab: ['countersign:clerks'] }, waits: false } },
  });
});
after(() => site?.stop());

/** A request to the API server with the connector's credential, past gateway and connector. */
async function asConnector([method, path, body]: Attempt, headers: Headers): Promise<Answer> {
  const { server, caFile, connectorTokenFile } = site.lab('lab');
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return call({
    method,
    url: `${server}${path}`,
    ca: await readFile(caFile, 'utf8'),
    headers: {
      authorization: `Bearer ${await readFile(connectorTokenFile, 'utf8')}`,
      ...(body ? { 'content-type': contentType } : {}),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
}

/** Some of every kind of request, each within the bound and each within the agent's own RBAC. */
const within: readonly Attempt[] = [
  ['GET', '/api'],
  ['GET', '/openapi/v3'],
  ['GET', CONFIG_MAPS],
  ['GET', '/api/v1/nodes'],
  ['GET', ROLES],
  ['POST', `${CONFIG_MAPS}?dryRun=All`, { metadata: { name: 'made' } }],
  ['PATCH', `${CONFIG_MAPS}/settings?dryRun=All`, { data: { theme: 'dark' } }],
  ['POST', '/apis/apps/v1/namespaces/demo/deployments?dryRun=All', deployment('made')],
  ['POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}],
  [
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } },
  ],
];

/** What the agent's RBAC allows, and the bound doesn't. */
const beyond: readonly Attempt[] = [
  ['POST', '/api/v1/namespaces/demo/serviceaccounts/default/token', { spec: {} }],
  ['PATCH', '/api/v1/nodes/any', { spec: { unschedulable: true } }],
  ['GET', '/api/v1/nodes/any/proxy/pods'],
  ['GET', '/api/v1/namespaces/demo/services/any/proxy/'],
  ['POST', '/api/v1/namespaces/demo/pods/any/binding', { target: { name: 'any' } }],
  ['POST', ROLES, { metadata: { name: 'made' }, rules: [] }],
  ['PATCH', '/api/v1/namespaces/demo', { metadata: { labels: { a: 'b' } } }],
  ['POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests', {}],
  ['DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/any'],
  ['GET', '/metrics'],
];

function deployment(name: string) {
  const labels = { app: name };
  const spec = { containers: [{ name, image: 'example.invalid/none' }] };
  return { metadata: { name }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } } };
}

async function assertRefused(attempts: readonly Attempt[], headers: Headers): Promise<void> {
  for (const attempt of attempts) {
    const { status, text } = await asConnector(attempt, headers);
    assert.equal(status, 403, `${attempt[0]} ${attempt[1]} as ${JSON.stringify(headers)}: ${text}`);
  }
}

test('what `clusters manifests` prints is applied by kubectl, and is all that the connector has', async () => {
  const printed = await countersign('clusters', 'manifests', '--config', site.configFile, 'lab');
  const asJson = await countersign('clusters', 'manifests', '--config', site.configFile, '-o', 'json', 'lab');
  assert.deepEqual(
    JSON.parse(asJson).items,
    parseAllDocuments(printed).map((document) => document.toJS()),
  );
  const { adminKubeconfig, kubectl, admin } = site.lab('lab');
  const file = await site.file('manifests.yaml', printed);
  const env = { PATH: process.env.PATH, KUBECONFIG: adminKubeconfig, HOME: site.dir };
  const apply = new RunningProcess(kubectl, ['apply', '--server-side', '--force-conflicts', '-f', file], env);
  assert.equal(await apply.exited, 0, apply.output);
  const role = parseAllDocuments(printed)
    .map((document) => document.toJS())
    .find(({ kind }) => kind === 'ClusterRole');
  const { body } = await admin.request('GET', ROLE);
  assert.deepEqual(body.rules, role.rules);
  const verbs: readonly string[] = role.rules.flatMap((rule: { verbs: readonly string[] }) => rule.verbs);
  assert.deepEqual(
    verbs.filter((verb) => !verb.startsWith('impersonate:user-info') && !verb.startsWith('impersonate-on:user-info:')),
    ['get'],
    'but for the keys of the token issuer',
  );
});

test('the credential of the connector alone may do nothing', async () => {
  const everybodys = new Set(['/api', '/openapi/v3']);
  const isReview = (path: string) => path.includes('/selfsubject');
  const attempts = [...within, ...beyond].filter(([, path]) => !everybodys.has(path) && !isReview(path));
  await assertRefused(attempts, {});
});

test('with an agent it may act as that agent, within the bound', async () => {
  for (const attempt of within) {
    const { status, text } = await asConnector(attempt, CLERK);
    assert.ok(status < 300, `${attempt[0]} ${attempt[1]}: ${status} ${text}`);
  }
  const whoami = await asConnector(['POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}], CLERK);
  assert.deepEqual(whoami.json.status.userInfo, {
    username: 'countersign:agent:clerk',
    groups: ['countersign:clerks', 'system:authenticated'],
  });
});

test('beyond the bound it may not, whatever the RBAC of the agent allows', async () => {
  await assertRefused(beyond, CLERK);
  for (const [verb, group, resource] of [
    ['create', 'rbac.authorization.k8s.io', 'clusterroles'],
    ['patch', '', 'nodes'],
  ]) {
    const review = { spec: { resourceAttributes: { verb, group, resource } } };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const { json } = await asConnector(['POST', path, review], CLERK);
    assert.equal(json.status.allowed, true, 'the agent itself would be allowed');
  }
});

test('nobody else can be impersonated, and no more of an agent than its name and groups', async () => {
  const user = { 'impersonate-user': CLERK['impersonate-user'] };
  const others: readonly Headers[] = [
    { ...CLERK, 'impersonate-user': 'countersign:agent:stranger' },
    { 'impersonate-user': 'admin' },
    { 'impersonate-user': 'system:admin' },
    { 'impersonate-user': 'system:serviceaccount:kube-system:default' },
    { 'impersonate-user': 'system:serviceaccount:countersign:connector' },
    { 'impersonate-user': 'system:node:lab-node' },
    { ...user, 'impersonate-group': 'system:masters' },
    { ...user, 'impersonate-group': ['countersign:clerks', 'system:masters'] },
    { ...user, 'impersonate-group': 'countersign:others' },
    { ...CLERK, 'impersonate-uid': '1' },
    { ...CLERK, 'impersonate-extra-scopes': 'all' },
  ];
  for (const headers of others) await assertRefused(within.slice(0, 6), headers);
});

test('the legacy grant, for older clusters, names whom and nobody else, and is nothing alone', async () => {
  const { admin, server, caFile } = site.lab('lab');
  const account = { namespace: 'older', name: 'connector' };
  const flags = ['--config', site.configFile, '--service-account', 'older/connector', '--legacy-impersonation'];
  const printed = await countersign('clusters', 'manifests', ...flags, 'lab');
  assert.doesNotMatch(printed, /impersonate-on|impersonate:/);
  await admin.apply(parseAllDocuments(printed).map((document) => document.toJS()));
  const tokenPath = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`;
  const { body } = await admin.request('POST', tokenPath, { spec: { expirationSeconds: 600 } });
  const [ca, authorization] = [await readFile(caFile, 'utf8'), `Bearer ${body.status.token}`];
  const get = async (headers: Headers) =>
    (await call({ method: 'GET', url: `${server}${CONFIG_MAPS}`, ca, headers: { authorization, ...headers } })).status;
  assert.equal(await get(CLERK), 200);
  assert.equal(await get({}), 403);
  assert.equal(await get({ ...CLERK, 'impersonate-user': 'countersign:agent:stranger' }), 403);
  assert.equal(await get({ ...CLERK, 'impersonate-group': 'system:masters' }), 403);
  assert.equal(await get({ ...CLERK, 'impersonate-uid': '1' }), 403);
});

test('a header of the identity that is lost never leaves more than there was', async () => {
  const path = `${CONFIG_MAPS}/settings`;
  const { 'impersonate-user': user, 'impersonate-group': group } = CLERK;
  const secrets: Attempt = ['GET', '/api/v1/namespaces/kube-system/secrets'];
  assert.equal((await asConnector(secrets, CLERK)).status, 200, 'with both, it is the agent');
  assert.equal((await asConnector(secrets, { 'impersonate-user': user })).status, 403, 'without its group');
  assert.equal((await asConnector(secrets, { 'impersonate-group': group })).status, 400, 'without its user');
  assert.equal((await asConnector(['GET', path], {})).status, 403, 'without both');
  assert.equal((await asConnector(['GET', path], { ...CLERK, 'impersonate-user': '' })).status, 400, 'an empty user');
});

test('agents work by it, the cluster says by which constraint, and only they do', async () => {
  const clerk = site.as('clerk');
  for (const path of [`${CONFIG_MAPS}/settings`, '/api/v1/pods', '/version', '/apis']) {
    const { status, text } = await clerk.call('GET', path);
    assert.equal(status, 200, text);
  }
  const { code, stdout, stderr } = await clerk.kubectl('get', 'configmap', 'settings', '-o', 'name');
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'configmap/settings');
  const made = await clerk.call('POST', CONFIG_MAPS, { body: { metadata: { name: 'made' } } });
  assert.equal(made.status, 201, made.text);
  const records = await site.records();
  const ours = new Set(records.map(({ record }) => ('exchange' in record ? record.exchange : '')));
  const events = (await site.audit('lab')).filter(
    ({ auditID, stage }) => stage === 'ResponseComplete' && ours.has(auditID),
  );
  assert.ok(events.length > 4);
  for (const { requestURI, impersonatedUser, authenticationMetadata } of events) {
    if (requestURI === '/openid/v1/jwks') continue;
    assert.equal(impersonatedUser?.username, 'countersign:agent:clerk', requestURI);
    assert.equal(authenticationMetadata?.impersonationConstraint, 'impersonate:user-info', requestURI);
  }
  await assert.rejects(
    assertJoined(site, ['lab']),
    /the connector did what is not on record/,
    'this test went past it',
  );
});
