// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { everythingServed } from './baseline/spellings.ts';
import { assertJoined } from './installation/assert-joined.ts';
import type { Caller } from './installation/caller.ts';
import { type Installation, startInstallation } from './installation.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const RULES = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
const POLICIES = `
@id("reads")
permit (principal, action in Action::"read", resource in Namespace::"demo");
@id("reads-nodes")
permit (principal, action in Action::"read", resource)
when { resource.resource == "nodes" || resource.resource == "namespaces" };
@id("writes")
permit (principal, action in Action::"write", resource in Namespace::"demo")
when { ["", "apps", "networking.k8s.io", "rbac.authorization.k8s.io", "flows.example.com"].contains(resource.group) };
@id("no-limits")
forbid (principal, action, resource is Resource) when { resource.resource == "limitranges" };
`;
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const;
type Verb = (typeof VERBS)[number];

/** Group, resource or resource/subresource, whether it lies in a namespace. */
const RESOURCES: readonly (readonly [group: string, resource: string, namespaced: boolean])[] = [
  ['', 'configmaps', true],
  ['', 'secrets', true],
  ['', 'pods', true],
  ['', 'pods/status', true],
  ['', 'pods/ephemeralcontainers', true],
  ['', 'services', true],
  ['', 'endpoints', true],
  ['', 'serviceaccounts', true],
  ['', 'persistentvolumeclaims', true],
  ['', 'limitranges', true],
  ['', 'resourcequotas', true],
  ['', 'nodes', false],
  ['', 'namespaces', false],
  ['', 'persistentvolumes', false],
  ['apps', 'deployments', true],
  ['apps', 'deployments/scale', true],
  ['apps', 'statefulsets', true],
  ['batch', 'jobs', true],
  ['batch', 'cronjobs', true],
  ['networking.k8s.io', 'ingresses', true],
  ['networking.k8s.io', 'networkpolicies', true],
  ['rbac.authorization.k8s.io', 'roles', true],
  ['rbac.authorization.k8s.io', 'clusterroles', false],
  ['storage.k8s.io', 'storageclasses', false],
  ['coordination.k8s.io', 'leases', true],
  ['discovery.k8s.io', 'endpointslices', true],
  ['', 'pods/log', true],
  ['', 'pods/eviction', true],
  ['', 'pods/binding', true],
  ['', 'serviceaccounts/token', true],
  ['', 'pods/proxy', true],
  ['', 'namespaces/finalize', false],
];

let site: Installation;
let clerk: Caller;

before(async () => {
  const verbs = [...VERBS];
  site = await startInstallation({
    clusters: {
      lab: {
        policies: POLICIES,
        rights: {
          'countersign:clerks': [
            { apiGroups: [''], resources: ['configmaps', 'services', 'secrets', 'limitranges', 'endpoints'], verbs },
            { apiGroups: [''], resources: ['nodes', 'namespaces'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
            { apiGroups: [''], resources: ['pods', 'pods/status'], verbs: ['get', 'create', 'patch'] },
            {
              apiGroups: [''],
              resources: [
                ...['log', 'eviction', 'binding', 'proxy'].map((one) => `pods/${one}`),
                ...['serviceaccounts/token', 'namespaces/finalize'],
              ],
              verbs: ['get', 'create', 'update', 'patch', 'delete'],
            },
            {
              apiGroups: [''],
              resources: ['persistentvolumeclaims'],
              resourceNames: ['mine'],
              verbs: ['get', 'delete'],
            },
            { apiGroups: ['apps', 'networking.k8s.io'], resources: ['*'], verbs },
            { apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['get', 'create'] },
            { nonResourceURLs: ['/metrics', '/openid/*'], verbs: ['get'] },
          ],
        },
      },
    },
    agents: { clerk: { clusters: { lab: ['countersign:clerks'] } } },
  });
  clerk = site.as('clerk');
});
after(() => site?.stop());

async function canI(spec: object): Promise<{ allowed: boolean; reason: string }> {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
  const { status, text, json } = await clerk.call('POST', REVIEWS, { body });
  assert.equal(status, 201, text);
  return { allowed: json.status.allowed, reason: json.status.reason };
}

function collectionOf(group: string, resource: string, namespaced: boolean): string {
  const versions: Readonly<Record<string, string>> = { '': '/api/v1' };
  const root = versions[group] ?? `/apis/${group}/v1`;
  return `${root}${namespaced ? '/namespaces/demo' : ''}/${resource}`;
}

/** Sends the request itself, in a form that changes nothing, and says whether it was let through to what serves it. */
async function attempt(verb: Verb, group: string, resource: string, namespaced: boolean): Promise<[boolean, string]> {
  const [plural = '', subresource] = resource.split('/');
  const collection = collectionOf(group, plural, namespaced);
  const object = `${collection}/any${subresource ? `/${subresource}` : ''}`;
  const patch = { body: {}, contentType: 'application/merge-patch+json' };
  const name = { metadata: { name: 'any' } };
  const headers = { 'countersign-wait': 'none' };
  if (verb === 'watch') {
    const open = await clerk.open('GET', `${collection}?watch=1&timeoutSeconds=1`);
    open.close();
    return [open.status !== 403, String(open.status)];
  }
  const { status, text } = await {
    get: () => clerk.call('GET', object),
    list: () => clerk.call('GET', collection),
    create: () => clerk.call('POST', `${subresource ? object : collection}?dryRun=All`, { body: name, headers }),
    update: () => clerk.call('PUT', `${object}?dryRun=All`, { body: name, headers }),
    patch: () => clerk.call('PATCH', `${object}?dryRun=All`, { ...patch, headers }),
    delete: () => clerk.call('DELETE', `${object}?dryRun=All`, { headers }),
    deletecollection: () => clerk.call('DELETE', `${collection}?dryRun=All`, { headers }),
  }[verb]();
  // What must be countersigned first is tried as a dry run of the gateway's own, and may end there.
  return [status !== 403 && !text.includes('ERR_EFFECT_'), text];
}

const NAMED: ReadonlySet<Verb> = new Set(['get', 'update', 'patch', 'delete']);
const OF_SUBRESOURCES: readonly Verb[] = ['get', 'update', 'patch'];
const OTHER_VERBS: Readonly<Record<string, readonly Verb[]>> = {
  'pods/log': ['get'],
  'pods/eviction': ['create'],
  'pods/binding': ['create'],
  'pods/proxy': ['get', 'create', 'update', 'patch', 'delete'],
  'serviceaccounts/token': ['create'],
  'namespaces/finalize': ['update'],
};
const PATHS = ['/version', '/apis', '/api/v1', '/openapi/v3', '/metrics', '/openid/v1/jwks', '/livez', '/nothing'];

interface Pair {
  readonly what: string;
  readonly asked: object;
  readonly attempt: () => Promise<[boolean, string]>;
}

const resourcePairs: readonly Pair[] = RESOURCES.flatMap(([group, resource, namespaced]) => {
  const [plural, subresource = ''] = resource.split('/');
  const verbs = subresource === '' ? VERBS : (OTHER_VERBS[resource] ?? OF_SUBRESOURCES);
  const place = { group, resource: plural, subresource, namespace: namespaced ? 'demo' : '' };
  return verbs.map((verb) => ({
    what: `${verb} ${group}/${resource}`,
    asked: { resourceAttributes: { verb, ...place, name: NAMED.has(verb) ? 'any' : '' } },
    attempt: () => attempt(verb, group, resource, namespaced),
  }));
});

const pathPairs: readonly Pair[] = PATHS.map((path) => ({
  what: `get ${path}`,
  asked: { nonResourceAttributes: { verb: 'get', path } },
  attempt: async () => {
    const { status, text } = await clerk.call('GET', path);
    return [status !== 403, text];
  },
}));

test('for 200 pairs of verb and resource the review says what becomes of the attempt', async (context) => {
  const counts = { yes: 0, no: 0 };
  for (const pair of [...resourcePairs, ...pathPairs]) {
    const { allowed, reason } = await canI(pair.asked);
    const [passed, text] = await pair.attempt();
    assert.equal(allowed, passed, `${pair.what}: ${reason}; the attempt: ${text}`);
    counts[allowed ? 'yes' : 'no'] += 1;
  }
  context.diagnostic(`${counts.yes} allowed, ${counts.no} not`);
  assert.ok(counts.yes >= 40 && counts.no >= 40 && counts.yes + counts.no >= 200, JSON.stringify(counts));
});

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

test('the rules of a namespace are what RBAC and policy both allow there, and say that there is more to it', async () => {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: 'demo' } };
  const { status, text, json } = await clerk.call('POST', RULES, { body });
  assert.equal(status, 201, text);
  const rules: readonly Rule[] = json.status.resourceRules;
  const verbsOf = (group: string, resource: string) =>
    rules
      .filter(({ apiGroups, resources }) => apiGroups.includes(group) && resources.includes(resource))
      .flatMap(({ verbs }) => verbs)
      .sort();
  const all = [...VERBS].sort();
  const withoutMany = all.filter((verb) => verb !== 'deletecollection');
  assert.deepEqual(verbsOf('', 'configmaps'), withoutMany);
  assert.deepEqual(verbsOf('', 'endpoints'), ['get', 'list', 'watch'], 'the baseline forbids its writes');
  assert.deepEqual(verbsOf('', 'limitranges'), [], 'policy forbids what RBAC allows');
  assert.deepEqual(verbsOf('', 'nodes'), ['get', 'list', 'watch']);
  assert.deepEqual(verbsOf('networking.k8s.io', 'ingresses'), withoutMany, 'from a wildcard of RBAC');
  assert.deepEqual(
    verbsOf('apps', 'deployments'),
    ['delete', 'get', 'list', 'watch'],
    'changes need a countersignature',
  );
  assert.deepEqual(verbsOf('storage.k8s.io', 'storageclasses'), []);
  const claims = rules.filter(({ resourceNames }) => resourceNames?.includes('mine'));
  assert.deepEqual(
    claims.flatMap(({ verbs }) => verbs),
    ['delete'],
  );
  assert.ok(!rules.some(({ verbs, apiGroups, resources }) => [...verbs, ...apiGroups, ...resources].includes('*')));
  const paths = json.status.nonResourceRules.flatMap(
    (rule: { nonResourceURLs: readonly string[] }) => rule.nonResourceURLs,
  );
  assert.deepEqual(
    paths.filter((path: string) => path.includes('openid') || path.includes('metrics')),
    [],
  );
  for (const path of ['/api', '/apis', '/version', '/apis/*', '/openapi/v3/*']) assert.ok(paths.includes(path), path);
  assert.equal(json.status.incomplete, true);
  assert.match(json.status.evaluationError, /countersign: .*countersignature/);
});

test('each rule that is listed is what the review of one access says', async () => {
  const served = await everythingServed(
    async (path, accept) => (await clerk.call('GET', path, { headers: { accept } })).json,
  );
  const isWide = ([group, resource]: readonly (string | undefined)[]) =>
    served.some((one) => one.group === group && one.resource === resource && !one.namespaced);
  const { json } = await clerk.call('POST', RULES, { body: { spec: { namespace: 'demo' } } });
  const rules: readonly Rule[] = json.status.resourceRules;
  let asked = 0;
  for (const { verbs, apiGroups, resources, resourceNames } of rules) {
    for (const entry of resources) {
      const [resource, subresource = ''] = entry.split('/');
      const namespace = isWide([apiGroups[0], resource]) ? '' : 'demo';
      const name = resourceNames?.[0] ?? '';
      const what = { group: apiGroups[0], resource, subresource, verb: verbs[0], namespace, name };
      assert.ok((await canI({ resourceAttributes: what })).allowed, JSON.stringify(what));
      asked += 1;
    }
  }
  assert.ok(asked > 20, `${asked}`);
});

test('kubectl says who the agent is and what it may do, as it will be treated', async () => {
  const whoami = await clerk.kubectl('auth', 'whoami');
  assert.equal(whoami.code, 0, whoami.stderr);
  assert.match(whoami.stdout, /countersign:agent:clerk/);
  assert.match(whoami.stdout, /countersign:clerks/);
  const yes = await clerk.kubectl('auth', 'can-i', 'patch', 'configmaps');
  assert.deepEqual([yes.code, yes.stdout], [0, 'yes']);
  const no = await clerk.kubectl('auth', 'can-i', 'create', 'deployments.apps');
  assert.equal(no.code, 1);
  assert.match(no.stdout, /^no - countersign: needs a countersignature by operators/);
  const list = await clerk.kubectl('auth', 'can-i', '--list');
  assert.equal(list.code, 0, list.stderr);
  assert.match(list.stderr, /the list may be incomplete: countersign: /);
  const configMaps = list.stdout.split('\n').find((line) => line.startsWith('configmaps '));
  assert.match(configMaps ?? '', /\[.*get list.*\]|\[.*create.*\]/);
  assert.ok(!list.stdout.includes('*.*'), list.stdout);
});

test('the cluster is asked for what it serves as the agent, on record', async () => {
  const { both } = await assertJoined(site, ['lab']);
  assert.ok(both > 200);
  const purposes = (await site.records()).flatMap(({ record }) => (record.type === 'upkeep' ? [record.purpose] : []));
  assert.ok(purposes.includes('discovery'));
});
