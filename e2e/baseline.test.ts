// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { closedLines } from './baseline/closed-lines.ts';
import { startWithDefaultAgent } from './baseline/default-agent.ts';
import { everyRelease } from './baseline/finalizers.ts';
import { operatorChanges, quietChanges } from './baseline/hidden-workloads.ts';
import {
  container,
  flowDefinition,
  nodeAccess,
  objects,
  pathOf,
  podChange,
  podKinds,
  template,
} from './baseline/objects.ts';
import { Refusals } from './baseline/refusals.ts';
import {
  type Attempt,
  everyChange,
  everyCreate,
  everythingServed,
  everyVerb,
  type Served,
} from './baseline/spellings.ts';
import { takings } from './baseline/takings.ts';
import { assertJoined } from './installation/assert-joined.ts';
import type { Caller } from './installation/caller.ts';
import { eventually } from './installation/eventually.ts';
import type { Installation } from './installation.ts';

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const CORE = '/api/v1/namespaces/demo';

let site: Installation;
let bot: Caller;
let served: readonly Served[];

before(async () => {
  site = await startWithDefaultAgent();
  bot = site.as('bot');
  refusals = new Refusals(site, bot);
  const { admin } = site.lab('lab');
  await admin.apply([flowDefinition]);
  served = await everythingServed(async (path, accept) => (await bot.call('GET', path, { headers: { accept } })).json);
  for (const object of objects) {
    const path = pathOf(object);
    // A definition is served a moment after it was accepted, and a namespace's account is made a moment after it.
    await untilAccepted(() =>
      admin.request('PATCH', `${path}?fieldManager=setup`, object, 'application/apply-patch+yaml'),
    );
  }
});
after(() => site?.stop());

async function untilAccepted(send: () => Promise<{ status: number; body: { message?: string } }>): Promise<void> {
  let last = '';
  await eventually('the object is accepted', async () => {
    const { status, body } = await send();
    last = `${status} ${body.message}`;
    return status < 300;
  }).catch(() => assert.fail(last));
}

let refusals: Refusals;
const assertRefused: Refusals['assertRefused'] = (...asked) => refusals.assertRefused(...asked);
const refusedThoughPossible: Refusals['refusedThoughPossible'] = (...asked) => refusals.refusedThoughPossible(...asked);

for (const { line, rules, of, verbs = WRITES } of closedLines) {
  test(`a default agent can't: ${line}, by any verb, version or subresource`, async () => {
    const places = served.filter(of);
    assert.ok(places.length > 0, 'the API server serves it');
    // A deletecollection of what is closed anyway names the rule that closes it.
    const also = line === 'many at once' ? closedLines.flatMap(({ rules: others }) => others) : [];
    await assertRefused(
      line,
      [...rules, ...also],
      places.flatMap((place) => everyVerb(place, { verbs })),
    );
  });
}

test("a default agent can't: leases of the control plane", async () => {
  const leases = served.filter(({ resource }) => resource === 'leases');
  const places = ['kube-system', 'kube-node-lease'].flatMap((namespace) =>
    leases.flatMap((place) => everyVerb(place, { verbs: WRITES, namespace })),
  );
  await assertRefused('system leases', ['no-system-leases'], places);
});

test("a default agent can't: system configuration, identities of clouds", async () => {
  const { admin } = site.lab('lab');
  const info = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cluster-info' } };
  const trust = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
  await refusedThoughPossible(
    'system configuration',
    ['no-system-configuration'],
    [
      ...(await everyChange(admin, trust, { data: { 'client-ca-file': 'x' } })),
      ...everyCreate('/api/v1/namespaces/kube-public/configmaps', info),
      { method: 'DELETE', path: trust },
      ...(await everyChange(admin, '/api/v1/namespaces/kube-system/serviceaccounts/default', {
        imagePullSecrets: [{ name: 'mine' }],
      })),
    ],
  );
  const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/admin' };
  const robot = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', annotations } };
  await refusedThoughPossible(
    'cloud identities',
    ['no-account-annotations'],
    [
      ...(await everyChange(admin, `${CORE}/serviceaccounts/default`, { metadata: { annotations } })),
      ...everyCreate(`${CORE}/serviceaccounts`, robot),
    ],
  );
});

test("a default agent can't: Secrets that become tokens", async () => {
  const { admin } = site.lab('lab');
  const metadata = { name: 'minted', annotations: { 'kubernetes.io/service-account.name': 'default' } };
  const secret = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata };
  const bootstrap = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: 'b' },
  };
  const attempts = [...everyCreate(`${CORE}/secrets`, secret), ...everyCreate(`${CORE}/secrets`, bootstrap)];
  const annotations = { 'kubernetes.io/service-account.name': 'other' };
  await admin.apply([{ ...secret, metadata: { ...metadata, name: 'seized', namespace: 'demo' } }]);
  attempts.push(...(await everyChange(admin, `${CORE}/secrets/seized`, { metadata: { annotations } })));
  const name = 'bootstrap-token-abcdef';
  const data = { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef' };
  const joining = { ...bootstrap, metadata: { name, namespace: 'kube-system' }, stringData: data };
  await admin.apply([joining]);
  const chosen = { stringData: { 'token-secret': 'fedcba9876543210' } };
  attempts.push(...(await everyChange(admin, `/api/v1/namespaces/kube-system/secrets/${name}`, chosen)));
  await refusedThoughPossible('token Secrets', ['no-token-secrets'], attempts);
  const labels = { 'argocd.argoproj.io/secret-type': 'cluster' };
  const way = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'way', labels } };
  await admin.apply([{ ...way, metadata: { ...way.metadata, namespace: 'demo' } }]);
  await refusedThoughPossible(
    'Secrets that controllers follow',
    ['no-controller-secrets'],
    [
      ...everyCreate(`${CORE}/secrets`, { ...way, metadata: { ...way.metadata, name: 'other' } }),
      ...(await everyChange(admin, `${CORE}/secrets/way`, { stringData: { server: 'elsewhere' } })),
    ],
  );
});

test("a default agent can't: pods with access to their node, of any workload, by any patch", async () => {
  const { admin } = site.lab('lab');
  const attempts: Attempt[] = [];
  for (const [name, spec] of Object.entries(nodeAccess)) {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: name.toLowerCase() },
      spec: { ...template.spec, ...spec },
    };
    attempts.push(...everyCreate(`${CORE}/pods`, pod));
    attempts.push(
      ...(await everyChange(admin, '/apis/apps/v1/namespaces/demo/deployments/w', podChange('Deployment', spec))),
    );
  }
  for (const object of objects.filter(({ kind }) => podKinds.includes(kind))) {
    const change = podChange(object.kind, { hostPID: true });
    attempts.push(...(await everyChange(admin, pathOf(object), change, { custom: object.kind === 'Flow' })));
  }
  await refusedThoughPossible('host access', ['no-host-access'], attempts);
  const devices = { requests: [{ name: 'r', exactly: { deviceClassName: 'd', adminAccess: true } }] };
  const claim = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'all' },
    spec: { devices },
  };
  const claims = everyCreate('/apis/resource.k8s.io/v1/namespaces/demo/resourceclaims', claim);
  await assertRefused('devices of others', ['no-host-access'], claims);
});

test("a default agent can't: what runs, of any kind that runs pods, built in or not", async () => {
  const { admin } = site.lab('lab');
  const attempts: Attempt[] = [];
  for (const object of objects.filter(({ kind }) => podKinds.includes(kind))) {
    const change = podChange(object.kind, { containers: [{ ...container, image: 'example.invalid/other' }] });
    attempts.push(...(await everyChange(admin, pathOf(object), change, { custom: object.kind === 'Flow' })));
  }
  const flow = {
    apiVersion: 'flows.example.com/v1beta1',
    kind: 'Flow',
    metadata: { name: 'new' },
    spec: { steps: [template] },
  };
  attempts.push(...everyCreate('/apis/flows.example.com/v1beta1/namespaces/demo/flows', flow));
  await refusedThoughPossible('what runs', ['ask-workloads'], attempts);
  await refusedThoughPossible('what a pod of a custom resource does', ['ask-workloads'], quietChanges);
  for (const { rule, attempts: tried } of operatorChanges) await assertRefused('what operators do', [rule], tried);
  const copied = { op: 'copy', from: '/metadata/name', path: '/spec/steps/0/spec/containers/0/image' };
  const copy: Attempt = {
    method: 'PATCH',
    path: '/apis/flows.example.com/v1/namespaces/demo/flows/w',
    contentType: 'application/json-patch+json',
    body: [copied],
  };
  await refusedThoughPossible('a copied image', ['no-opaque-patches'], [copy]);
});

test("a default agent can't: placement, mirror pods, owners, finalizers", async () => {
  const { admin } = site.lab('lab');
  const deployment = '/apis/apps/v1/namespaces/demo/deployments/w';
  const placed = [
    { nodeName: 'n' },
    { tolerations: [{ operator: 'Exists' }] },
    { priorityClassName: 'system-node-critical' },
  ];
  for (const spec of placed) {
    const attempts = await everyChange(admin, deployment, podChange('Deployment', spec));
    await refusedThoughPossible('placement', ['no-placement'], attempts);
  }
  const mirror = { 'kubernetes.io/config.mirror': 'x' };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'mirror', annotations: mirror }, spec: template.spec };
  await assertRefused('mirror pods', ['no-mirror-pods'], everyCreate(`${CORE}/pods`, pod));
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'kept', uid: 'u' }];
  const owned = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', ownerReferences } };
  await refusedThoughPossible(
    'owners',
    ['no-owners'],
    [
      ...everyCreate(`${CORE}/configmaps`, owned),
      ...(await everyChange(admin, `${CORE}/configmaps/w`, { metadata: { ownerReferences } })),
    ],
  );
  const kept = `${CORE}/configmaps/kept`;
  await refusedThoughPossible('finalizers', ['no-finalizer-removal'], await everyRelease(admin, kept));
});

test("a default agent can't: labels of new namespaces, volume data of others", async () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'opened', labels } };
  await refusedThoughPossible(
    'namespace labels',
    ['no-namespace-protections'],
    [{ method: 'POST', path: '/api/v1/namespaces', body: namespace }],
  );
  const dataSourceRef = {
    apiGroup: 'snapshot.storage.k8s.io',
    kind: 'VolumeSnapshot',
    name: 'x',
    namespace: 'kube-system',
  };
  const resources = { requests: { storage: '1Gi' } };
  const spec = { accessModes: ['ReadWriteOnce'], resources, dataSourceRef };
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec };
  await refusedThoughPossible(
    'volume data',
    ['no-foreign-volume-data'],
    everyCreate(`${CORE}/persistentvolumeclaims`, claim),
  );
  const contents = '/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents';
  const content = { apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshotContent', metadata: { name: 'c' } };
  await assertRefused(
    'contents of snapshots, installed or not',
    ['no-volume-writes'],
    [...everyCreate(contents, content), { method: 'DELETE', path: `${contents}/c` }],
  );
});

test("a default agent can't: external addresses, load balancer status, ingress snippets", async () => {
  const { admin } = site.lab('lab');
  const service = `${CORE}/services/w`;
  const spec = { ports: [{ port: 80 }], externalIPs: ['203.0.113.9'] };
  const taking = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'new' }, spec };
  await refusedThoughPossible(
    'external addresses',
    ['no-external-ips'],
    [
      ...(await everyChange(admin, service, { spec: { externalIPs: ['203.0.113.9'] } })),
      ...everyCreate(`${CORE}/services`, taking),
      ...(await everyChange(admin, `${service}/status`, {
        status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } },
      })),
    ],
  );
  const snippet = (name: string) => ({ metadata: { annotations: { [name]: 'x' } } });
  const ingress = '/apis/networking.k8s.io/v1/namespaces/demo/ingresses/w';
  await refusedThoughPossible(
    'ingresses',
    ['ask-ingresses'],
    await everyChange(admin, ingress, snippet('nginx.ingress.kubernetes.io/auth-secret')),
  );
  await refusedThoughPossible(
    'snippets',
    ['no-ingress-snippets'],
    [
      ...(await everyChange(admin, ingress, snippet('nginx.ingress.kubernetes.io/server-snippet'))),
      ...(await everyChange(admin, service, snippet('haproxy.org/backend-config-snippet'))),
    ],
  );
});

test("a default agent can't: what controllers read as their configuration, what is reached from outside, others' volumes", async () => {
  const { admin } = site.lab('lab');
  assert.equal((await admin.request('POST', '/api/v1/namespaces', { metadata: { name: 'argocd' } })).status, 201);
  for (const [rule, attempts] of await takings(admin)) await refusedThoughPossible(rule, [rule], attempts);
});

test("a default agent can't: routes of a gateway that others share, installed or not", async () => {
  const root = '/apis/gateway.networking.k8s.io/v1/namespaces/demo';
  const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'r' }, spec: {} };
  await assertRefused(
    'routes',
    ['no-gateway-routes'],
    [...everyCreate(`${root}/httproutes`, route), { method: 'DELETE', path: `${root}/httproutes/r` }],
  );
});

test("a default agent can't: sessions and proxies, by any method", async () => {
  const pod = `${CORE}/pods/w`;
  const sessions = ['exec?command=id&stdout=true', 'attach?stdout=true', 'portforward'].flatMap((what) =>
    ['GET', 'POST'].map((method) => ({ method, path: `${pod}/${what}` })),
  );
  await assertRefused('sessions', ['ask-sessions'], sessions);
  const proxied = [`${pod}/proxy`, `${pod}/proxy/x`, `${CORE}/services/w/proxy`, '/api/v1/nodes/n/proxy/pods'];
  const tried = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) =>
    proxied.map((path) => ({ method, path })),
  );
  const outside = ['/metrics', '/debug/pprof/profile', '/logs/', '/configz', '/statusz', '/openid/v1/jwks', '/'];
  for (const { method, path } of [...tried, ...outside.map((path) => ({ method: 'GET', path }))]) {
    const answer = await bot.call(method, path, ['PUT', 'PATCH', 'POST'].includes(method) ? { body: {} } : {});
    assert.equal(answer.status, 403, `${method} ${path}: ${answer.text}`);
  }
  refusals.tally.push({ line: 'proxies and other paths', attempts: tried.length + outside.length, rules: ['no lane'] });
});

test('what no line forbids is done', async () => {
  const { admin } = site.lab('lab');
  const made = await bot.call('POST', `${CORE}/configmaps`, { body: { metadata: { name: 'made' } } });
  assert.equal(made.status, 201, made.text);
  const changes = await everyChange(admin, `${CORE}/configmaps/made`, { data: { image: 'x' } });
  for (const { method, path, body, contentType } of changes.slice(1)) {
    const answer = await bot.call(method, path, { body, ...(contentType ? { contentType } : {}) });
    assert.equal(answer.status, 200, answer.text);
  }
  assert.equal((await bot.call('DELETE', `${CORE}/configmaps/made`)).status, 200);
});

test('each rule of the baseline that forbids has refused something here', async () => {
  const dir = new URL('../policies/baseline/', import.meta.url);
  // Operators have a test of their own: baseline-operators.test.ts.
  const files = (await readdir(dir)).filter((name) => name.endsWith('.cedar') && name !== 'operators.cedar');
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, dir), 'utf8')));
  const forbidding = texts.flatMap((text) =>
    [...text.matchAll(/@id\("([^"]+)"\)(?:\n@.*)*\nforbid/g)].map(([, id]) => id),
  );
  assert.ok(forbidding.length > 25);
  // Proxies have no lane: they are refused before any rule is asked.
  const untried = forbidding.filter((id) => !refusals.refusing.has(String(id)) && id !== 'no-proxy');
  assert.deepEqual(untried, []);
});

test("the API server's audit log has no write but those, and dry runs", async (context) => {
  const events = (await site.audit('lab')).filter(
    ({ stage, verb, requestURI }) =>
      stage === 'ResponseComplete' && WRITES.includes(verb) && !requestURI.includes('dryRun=All'),
  );
  const targets = new Set(events.map(({ objectRef }) => `${objectRef?.resource}/${objectRef?.name}`));
  assert.deepEqual([...targets], ['configmaps/made']);
  const connects = (await site.audit('lab')).filter(({ objectRef }) =>
    ['exec', 'attach', 'portforward', 'proxy'].includes(objectRef?.subresource ?? ''),
  );
  assert.deepEqual(connects, []);
  const { both } = await assertJoined(site, ['lab']);
  for (const { line, attempts, rules } of refusals.tally)
    context.diagnostic(`${line}: ${attempts} tried, ${rules.join(', ')}`);
  context.diagnostic(`kube-apiserver ${site.lab('lab').version}: ${both} exchanges on both sides`);
});
