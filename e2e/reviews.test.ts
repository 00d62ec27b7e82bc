// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { everythingServed } from './baseline/spellings.ts';
import { tryUpgrade, type UpgradeTransport } from './fixtures/try-upgrade.ts';
import { assertJoined } from './installation/assert-joined.ts';
import type { Caller } from './installation/caller.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type ToldAnswer, wasLetThrough } from './reviews/outcome.ts';
import { askedOf, definitions, type PairRequest, pairs, requestOf, standing, VERBS } from './reviews/pairs.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const RULES = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
/** The annotation of an audit event that says what authorisation came to. */
const DECISION = 'authorization.k8s.io/decision';
const POLICIES = `
@id("reads")
permit (principal, action in Action::"read", resource in Namespace::"demo");
@id("reads-nodes")
permit (principal, action in Action::"read", resource)
when { resource.resource == "nodes" || resource.resource == "namespaces" };
@id("writes")
permit (principal, action in Action::"write", resource in Namespace::"demo")
when { ["", "apps", "networking.k8s.io", "rbac.authorization.k8s.io", "flows.example.com", "wardle.example.com"].contains(resource.group) };
@id("runs")
permit (principal, action in [Action::"exec", Action::"attach", Action::"portforward"], resource in Namespace::"demo");
@id("forwards")
@reveal
permit (principal, action == Action::"portforward", resource in Namespace::"demo")
when { resource.name == "open" };
@id("no-limits")
forbid (principal, action, resource is Resource) when { resource.resource == "limitranges" };
`;
let site: Installation;
let clerk: Caller;

before(async () => {
  const verbs = [...VERBS];
  site = await startInstallation({
    openGroups: ['flows.example.com', 'wardle.example.com'],
    clusters: {
      lab: {
        aggregatedApi: true,
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
            // Both, so that the first request upstream is let through; where `get` is missing the gateway asks once more by POST.
            { apiGroups: [''], resources: ['pods/exec', 'pods/portforward'], verbs: ['get', 'create'] },
            { apiGroups: ['flows.example.com', 'tides.example.com'], resources: ['*'], verbs },
            { apiGroups: ['wardle.example.com'], resources: ['flunders'], verbs: ['get', 'list', 'create', 'delete'] },
            { nonResourceURLs: ['/metrics', '/openid/*'], verbs: ['get'] },
          ],
        },
      },
    },
    agents: { clerk: { clusters: { lab: ['countersign:clerks'] } } },
  });
  clerk = site.as('clerk');
  await site.exempt('clerk', 'sessions.cedar');
  const { admin } = site.lab('lab');
  await admin.apply(definitions);
  for (const { resource, ...object } of standing) {
    const root = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
    // A namespace's account is made a moment after it, and pods wait for that.
    await eventually(`${resource} any is there`, async () => {
      const { status, body } = await admin.request('POST', `${root}/namespaces/demo/${resource}`, object);
      // What is defined is served a moment later, too.
      const isEarly = [403, 404, 503].includes(status);
      assert.ok(status < 300 || status === 409 || isEarly, `${status} ${body.message}`);
      return !isEarly;
    });
  }
});
after(() => site?.stop());

async function canI(spec: object): Promise<{ allowed: boolean; reason: string }> {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
  const { status, text, json } = await clerk.call('POST', REVIEWS, { body });
  assert.equal(status, 201, text);
  return { allowed: json.status.allowed, reason: json.status.reason };
}

const PATHS = ['/version', '/apis', '/api/v1', '/openapi/v3', '/metrics', '/openid/v1/jwks', '/livez', '/nothing'];

/** The versions that kubectl offers for a stream of a pod. */
function versionsOf(stream: string, transport: UpgradeTransport): readonly string[] {
  if (stream !== 'portforward') return [transport === 'websocket' ? 'v5.channel.k8s.io' : 'v4.channel.k8s.io'];
  return [transport === 'websocket' ? 'SPDY/3.1+portforward.k8s.io' : 'portforward.k8s.io'];
}

/** Sends a request and says what came of it; of a watch its head alone. */
async function attempt(asked: PairRequest): Promise<ToldAnswer & { readonly id: string }> {
  const { method, path, stream, ...rest } = asked;
  const options = { ...rest, headers: { 'countersign-wait': 'none' } };
  if (stream !== undefined) {
    const transport = method === 'GET' ? 'websocket' : 'spdy';
    return tryUpgrade(site, { agent: 'clerk', transport, path, versions: versionsOf(stream, transport), ...options });
  }
  if (!path.includes('?watch=')) return clerk.call(method, path, options);
  const open = await clerk.open(method, path, options);
  const isStream = open.status === 200;
  if (isStream) open.close();
  else await open.ended;
  return { status: open.status, id: open.id, text: open.lines.all.join('\n') };
}

interface Question {
  readonly what: string;
  readonly asked: object;
  readonly request: PairRequest;
}

const questions: readonly Question[] = [
  ...pairs.map((pair) => ({
    what: `${pair.verb} ${pair.group}/${pair.resource}/${pair.subresource} ${pair.name ?? ''} ${pair.transport ?? ''}`.trimEnd(),
    asked: { resourceAttributes: askedOf(pair) },
    request: requestOf(pair),
  })),
  ...PATHS.map((path) => ({
    what: `get ${path}`,
    asked: { nonResourceAttributes: { verb: 'get', path } },
    request: { method: 'GET', path },
  })),
];

test('for 200 pairs of verb and resource the review says what becomes of the attempt', async (context) => {
  const counts = { yes: 0, no: 0 };
  const attempts = new Map<string, { readonly what: string; readonly passed: boolean }>();
  const problems: string[] = [];
  for (const { what, asked, request } of questions) {
    const { allowed, reason } = await canI(asked);
    const answer = await attempt(request);
    const said = `the attempt: ${answer.status} ${answer.text}`;
    const passed = wasLetThrough(answer);
    if (passed === undefined) problems.push(`${what}: an answer that shows neither; ${said}`);
    else if (passed !== allowed) problems.push(`${what}: ${allowed ? 'yes' : 'no'}, ${reason}; ${said}`);
    else attempts.set(answer.id, { what, passed });
    counts[allowed ? 'yes' : 'no'] += 1;
  }
  assert.deepEqual(problems, []);
  context.diagnostic(`${counts.yes} allowed, ${counts.no} not`);
  assert.ok(counts.yes >= 40 && counts.no >= 40 && counts.yes + counts.no >= 200, JSON.stringify(counts));
  await assertAudited(attempts);
});

/** What was let through the API server has let through, too, and nothing else, by its own log. */
async function assertAudited(attempts: ReadonlyMap<string, { what: string; passed: boolean }>): Promise<void> {
  const decisions = async () =>
    new Map((await site.audit('lab')).map(({ auditID, annotations }) => [auditID, annotations?.[DECISION]]));
  const last = [...attempts].findLast(([, { passed }]) => passed)?.[0] ?? '';
  await eventually('the last of them is in the audit log', async () => (await decisions()).has(last));
  const decided = await decisions();
  for (const [id, { what, passed }] of attempts) assert.equal(decided.get(id) === 'allow', passed, what);
}

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
  const withoutChanges = ['delete', 'get', 'list', 'watch'];
  assert.deepEqual(verbsOf('apps', 'deployments'), withoutChanges, 'changes need a countersignature');
  assert.deepEqual(verbsOf('networking.k8s.io', 'ingresses'), withoutChanges, 'likewise, from a wildcard of RBAC');
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

test('an answer that shows neither is no attempt', () => {
  const status = (code: number, message: string, ...reasons: string[]) => ({
    status: code,
    text: JSON.stringify({ kind: 'Status', code, message, details: { causes: reasons.map((reason) => ({ reason })) } }),
  });
  const clear: readonly (readonly [ToldAnswer, boolean])[] = [
    [{ status: 201, text: '{}' }, true],
    [status(404, 'configmaps "any" not found'), true],
    [{ status: 101, text: '' }, true],
    [status(400, 'pod any does not have a host assigned'), true],
    [status(403, 'configmaps is forbidden: User "x" cannot list resource "configmaps"'), false],
    [status(403, 'denied', 'ERR_POLICY_DENIED'), false],
    [status(403, 'x is forbidden: User "x" cannot patch resource "pods"', 'ERR_EFFECT_REFUSED'), false],
  ];
  for (const [answer, passed] of clear) assert.equal(wasLetThrough(answer), passed, answer.text);
  const unclear = [
    ...[400, 401, 405, 408, 415, 429, 500, 502, 503, 504].map((code) => status(code, 'x')),
    ...[404, 409, 422].map((code) => status(code, 'x', 'ERR_EFFECT_REFUSED')),
    status(400, 'pod any does not have a host assigned', 'ERR_UPGRADE_REFUSED'),
    status(403, 'pods "x" is forbidden: exceeded quota'),
    status(403, 'pods "x" is forbidden: exceeded quota', 'ERR_EFFECT_REFUSED'),
    status(403, 'locked', 'ERR_AGENT_LOCKED'),
  ];
  for (const answer of unclear) assert.equal(wasLetThrough(answer), undefined, answer.text);
});
