// SPDX-License-Identifier: Apache-2.0
// What a countersigned write is shown as, and bound to, verb by verb, with a stock kubectl and a real API server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApprovalView } from '@countersign/wire';
import { Desk } from './approvals/desk.ts';
import { heldFor } from './approvals/held-for.ts';
import { flowDefinition, template } from './baseline/objects.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CORE = '/api/v1/namespaces/demo';
const CONFIG_MAPS = `${CORE}/configmaps`;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/demo/deployments';
const FLOWS = '/apis/flows.example.com/v1/namespaces/demo/flows';
const MERGE = 'application/merge-patch+json';
const EVERYTHING = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
/** Nobody is told to come back in these tests. */
const HOLD_MS = 60_000;

const POLICIES = `
@id("all") permit (principal, action, resource);
@id("ask-writes")
@approval("approvers")
forbid (principal, action in Action::"write", resource)
when { resource.namespace == "demo" };
`;

let site: Installation;
let desk: Desk;

before(async () => {
  site = await startInstallation({
    organisation: '// the cluster has all',
    clusters: { lab: { policies: POLICIES, rights: { 'countersign:workers': EVERYTHING } } },
    agents: { worker: { clusters: { lab: ['countersign:workers'] } } },
    people: { grace: ['approvers'] },
    configure: heldFor(HOLD_MS),
  });
  desk = new Desk(site);
});
after(() => site?.stop());

const admin = () => site.lab('lab').admin;

async function made(path: string, object: object): Promise<void> {
  const { status, body } = await admin().request('POST', path, object);
  assert.equal(status, 201, JSON.stringify(body));
}

async function changed(path: string, patch: object): Promise<void> {
  const { status, body } = await admin().request('PATCH', path, patch, MERGE);
  assert.equal(status, 200, JSON.stringify(body));
}

async function live(path: string) {
  const { status, body } = await admin().request('GET', path);
  return status === 200 ? body : undefined;
}

/** A kubectl that waits, and what it waits for. */
async function waiting(...args: readonly string[]) {
  const kubectl = await site.as('worker').startKubectl(...args);
  const ended = kubectl.exited.then((code) => assert.fail(`kubectl ended with ${code}: ${kubectl.output}`));
  const pending = eventually(`kubectl ${args.join(' ')} waits`, () => desk.newlyPending());
  return { kubectl, approval: await Promise.race([pending, ended]) };
}

/** How a kubectl ends that somebody lets go on. */
async function letGo({ kubectl, approval }: Awaited<ReturnType<typeof waiting>>) {
  await desk.says('grace', 'approve', approval.id);
  return { code: await kubectl.exited, output: kubectl.output };
}

const shown = ({ effect }: ApprovalView) =>
  effect.changes.map(({ path, before = '(none)', after = '(none)' }) => `${path}: ${before} -> ${after}`);

/** Requests of the agent's at the API server that were no dry runs, by what they were about. */
async function writes(verb: string, name: string): Promise<readonly string[]> {
  const events = (await site.audit('lab')).filter(
    (event) => event.verb === verb && event.objectRef?.name === name && event.impersonatedUser !== undefined,
  );
  const meant = events.filter(({ requestURI }) => !requestURI.includes('dryRun=All'));
  return [...new Set(meant.map(({ auditID }) => auditID))];
}

const data = (values: Readonly<Record<string, string>>) => ({ data: values });

interface Case {
  readonly name: string;
  readonly verb: string;
  readonly args: readonly string[];
  readonly summary: RegExp;
  readonly changes: readonly string[];
}

/** In order, each on what the one before left. */
const cases: readonly Case[] = [
  {
    name: 'a create',
    verb: 'create',
    args: ['create', 'configmap', 'one', '--from-literal=tone=warm'],
    summary: /^create configmaps one in namespace demo; there is no such object yet$/,
    changes: ['data.tone: (none) -> "warm"', 'metadata.name: (none) -> "one"'],
  },
  {
    name: 'a merge patch',
    verb: 'patch',
    args: ['patch', 'configmap', 'one', '--type=merge', '-p', JSON.stringify(data({ tone: 'cold' }))],
    summary: /^patch configmaps one in namespace demo; changes one field$/,
    changes: ['data.tone: "warm" -> "cold"'],
  },
  {
    name: 'a JSON patch',
    verb: 'patch',
    args: ['patch', 'configmap', 'one', '--type=json', '-p', '[{"op":"add","path":"/data/size","value":"1"}]'],
    summary: /changes one field$/,
    changes: ['data.size: (none) -> "1"'],
  },
  {
    name: 'a strategic merge patch',
    verb: 'patch',
    args: ['label', 'configmap', 'one', 'a=b'],
    summary: /changes one field$/,
    changes: ['metadata.labels.a: (none) -> "b"'],
  },
  {
    name: 'a delete',
    verb: 'delete',
    args: ['delete', 'configmap', 'one', '--cascade=orphan'],
    summary: /^delete configmaps one in namespace demo; uid [0-9a-f-]{36}; propagation Orphan$/,
    changes: ['data.size: "1" -> (none)', 'metadata.labels.a: "b" -> (none)'],
  },
];

for (const { name, verb, args, summary, changes } of cases) {
  test(`${name} is shown, and goes through once`, async () => {
    const before = (await writes(verb, 'one')).length;
    const held = await waiting(...args);
    assert.match(held.approval.effect.summary, summary);
    for (const change of changes) assert.ok(shown(held.approval).includes(change), shown(held.approval).join('\n'));
    const { code, output } = await letGo(held);
    assert.equal(code, 0, output);
    assert.equal((await writes(verb, 'one')).length, before + 1);
  });
}

test('an object that is applied, replaced and scaled', async () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'two', namespace: 'demo' } };
  const file = (text: string) => site.file('two.json', { ...object, data: { text } });
  const first = await letGo(await waiting('apply', '--server-side', '-f', await file('first')));
  assert.equal(first.code, 0, first.output);
  const again = await waiting('apply', '--server-side', '-f', await file('second'));
  assert.deepEqual(shown(again.approval), ['data.text: "first" -> "second"']);
  assert.equal((await letGo(again)).code, 0);
  const replaced = await waiting('replace', '-f', await file('third'));
  assert.ok(shown(replaced.approval).includes('data.text: "second" -> "third"'));
  assert.equal((await letGo(replaced)).code, 0);
  assert.equal((await live(`${CONFIG_MAPS}/two`)).data.text, 'third');

  const spec = { replicas: 1, selector: { matchLabels: { app: 'w' } }, template };
  await made(DEPLOYMENTS, { metadata: { name: 'web' }, spec });
  await eventually(
    'its controller has looked at it',
    async () => (await live(`${DEPLOYMENTS}/web`)).status.observedGeneration === 1,
  );
  const scaled = await waiting('scale', 'deployment', 'web', '--replicas=2');
  assert.deepEqual(shown(scaled.approval), ['spec.replicas: 1 -> 2']);
  assert.equal((await letGo(scaled)).code, 0);
  assert.equal((await live(`${DEPLOYMENTS}/web`)).spec.replicas, 2);
});

test('scaling to nothing says so, and a dry run of it that it does nothing', async () => {
  await made(DEPLOYMENTS, {
    metadata: { name: 'shrinks' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'w' } }, template },
  });
  await eventually(
    'its controller has looked at it',
    async () => (await live(`${DEPLOYMENTS}/shrinks`)).status.observedGeneration === 1,
  );
  const patch = ['deployment', 'shrinks', '--subresource=scale', '--type=merge', '-p', '{"spec":{"replicas":0}}'];
  const zero = 'scale deployments.apps shrinks in namespace demo; from 2 to 0 replicas';
  const tried = await waiting('patch', ...patch, '--dry-run=server');
  assert.equal(tried.approval.effect.summary, `dry run of ${zero}`);
  assert.equal((await letGo(tried)).code, 0);
  assert.equal((await live(`${DEPLOYMENTS}/shrinks`)).spec.replicas, 2);
  const scaled = await waiting('patch', ...patch);
  assert.equal(scaled.approval.effect.summary, zero);
  assert.equal((await letGo(scaled)).code, 0);
  assert.equal((await live(`${DEPLOYMENTS}/shrinks`)).spec.replicas, 0);
});

test('an eviction is shown as the pod that goes', async () => {
  await made(`${CORE}/pods`, {
    metadata: { name: 'old', labels: { app: 'old' } },
    spec: { ...template.spec, nodeSelector: { no: 'node' } },
  });
  await eventually(
    'the scheduler has looked at it',
    async () => (await live(`${CORE}/pods/old`)).status.conditions?.length > 0,
  );
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'old', namespace: 'demo' } };
  const answer = site.as('worker').call('POST', `${CORE}/pods/old/eviction`, { body, timeoutMs: 2 * HOLD_MS });
  const approval = await eventually('it waits', () => desk.newlyPending());
  assert.match(approval.effect.summary, /^evict pods old in namespace demo; uid /);
  assert.ok(shown(approval).includes('metadata.labels.app: "old" -> (none)'), shown(approval).join('\n'));
  await desk.says('grace', 'approve', approval.id);
  const { status, text } = await answer;
  assert.equal(status, 201, text);
  await eventually('it is gone', async () => (await live(`${CORE}/pods/old`)) === undefined);
});

test('a change of the status meanwhile is none', async () => {
  const status = { status: { conditions: [{ type: 'Odd', status: 'True' }] } };
  const held = await waiting('delete', 'deployment', 'web', '--wait=false');
  await changed(`${DEPLOYMENTS}/web/status`, status);
  const { code, output } = await letGo(held);
  assert.equal(code, 0, output);
});

test('what would do something else by now is not done, and says what changed', async () => {
  await made(CONFIG_MAPS, { metadata: { name: 'busy' }, ...data({ tone: 'warm', size: '1' }) });
  const path = `${CONFIG_MAPS}/busy`;
  const patched = await waiting('patch', 'configmap', 'busy', '--type=merge', '-p', '{"data":{"tone":"cold"}}');
  await changed(path, data({ tone: 'hot' }));
  const ended = await letGo(patched);
  assert.equal(ended.code, 1);
  assert.match(ended.output, /Conflict.*would do something else now.*has changed at data\.tone.*ask again/s);
  assert.equal((await live(path)).data.tone, 'hot');

  const removal = await waiting('delete', 'configmap', 'busy');
  await changed(path, data({ size: '2' }));
  const kept = await letGo(removal);
  assert.match(kept.output, /Conflict.*has changed at data\.size/s);
  assert.equal((await live(path)).data.size, '2');
});

test('another object under the same name is not the one that was approved, nor is none', async () => {
  const path = `${CONFIG_MAPS}/twin`;
  const object = { metadata: { name: 'twin' }, ...data({ tone: 'warm' }) };
  await made(CONFIG_MAPS, object);
  const removal = await waiting('delete', 'configmap', 'twin');
  assert.equal((await admin().request('DELETE', path)).status, 200);
  await made(CONFIG_MAPS, object);
  const { code, output } = await letGo(removal);
  assert.equal(code, 1);
  assert.match(output, /Conflict.*deleted and another one made under its name/s);
  assert.ok(await live(path));

  const second = await waiting('delete', 'configmap', 'twin');
  assert.equal((await admin().request('DELETE', path)).status, 200);
  assert.match((await letGo(second)).output, /NotFound.*"twin" not found/s);
  assert.deepEqual(await writes('delete', 'twin'), []);

  const creation = await waiting('create', 'configmap', 'twin');
  await made(CONFIG_MAPS, object);
  assert.match((await letGo(creation)).output, /"twin" already exists/);
});

test('what the API server refuses waits for nobody, and is told in its words', async () => {
  await made(CONFIG_MAPS, { metadata: { name: 'taken' } });
  await made(DEPLOYMENTS, {
    metadata: { name: 'strict' },
    spec: { replicas: 0, selector: { matchLabels: { app: 'w' } }, template },
  });
  const worker = site.as('worker');
  const taken = await worker.kubectl('create', 'configmap', 'taken');
  assert.match(taken.stderr, /configmaps "taken" already exists/);
  const invalid = await worker.kubectl(
    'patch',
    'deployment',
    'strict',
    '--type=merge',
    '-p',
    '{"spec":{"replicas":-3}}',
  );
  assert.match(invalid.stderr, /invalid.*spec\.replicas.*greater than or equal to 0/s);
  const missing = await worker.kubectl('delete', 'configmap', 'missing');
  assert.match(missing.stderr, /NotFound.*configmaps "missing" not found/s);
  assert.equal((await worker.kubectl('delete', 'configmap', 'missing', '--ignore-not-found')).code, 0);
  assert.equal(await desk.newlyPending(), undefined);
});

test('no value of a Secret is shown, kept or on record', async () => {
  const [old, young] = ['first-value-of-this-test', 'other-value-of-this-test'];
  await made(`${CORE}/secrets`, { metadata: { name: 'key' }, stringData: { password: old, user: 'ada' } });
  const held = await waiting(
    'patch',
    'secret',
    'key',
    '--type=merge',
    '-p',
    JSON.stringify({ stringData: { password: young } }),
  );
  assert.deepEqual(shown(held.approval), ['data.password: (masked) -> (masked)']);
  const told = [
    JSON.stringify(held.approval),
    await desk.show('grace', held.approval.id),
    JSON.stringify(await site.records()),
  ].join('\n');
  for (const value of [old, young]) {
    for (const form of [value, Buffer.from(value).toString('base64')]) assert.ok(!told.includes(form));
  }
  assert.equal((await letGo(held)).code, 0);
  const stored = (await live(`${CORE}/secrets/key`)).data.password;
  assert.equal(Buffer.from(stored, 'base64').toString(), young);
});

test('a value that changed meanwhile is another change, though both are masked', async () => {
  const held = await waiting('delete', 'secret', 'key');
  await changed(`${CORE}/secrets/key`, { stringData: { user: 'eve' } });
  assert.match((await letGo(held)).output, /Conflict.*masked/s);
  assert.ok(await live(`${CORE}/secrets/key`));
});

test('a custom resource is asked about once its API says that it knows dry runs', async () => {
  await admin().apply([flowDefinition]);
  await eventually('its API is described', async () => {
    const { status, body } = await admin().request('GET', '/openapi/v3/apis/flows.example.com/v1');
    return status === 200 && JSON.stringify(body).includes('dryRun');
  });
  await made(FLOWS, { apiVersion: 'flows.example.com/v1', kind: 'Flow', metadata: { name: 'one' }, spec: { a: 1 } });
  const held = await waiting('patch', 'flow', 'one', '--type=merge', '-p', '{"spec":{"a":2}}');
  assert.deepEqual(shown(held.approval), ['spec.a: 1 -> 2']);
  assert.equal((await letGo(held)).code, 0);
});

test('what a dry run does not tell is refused, with what to do instead', async () => {
  const token = await site.as('worker').call('POST', `${CORE}/serviceaccounts/default/token`, { body: { spec: {} } });
  assert.equal(token.status, 403, token.text);
  assert.match(token.json.message, /a dry run does not tell what a write of token does/);
});

test('both logs join, dry runs included', async () => {
  const { both } = await assertJoined(site, ['lab']);
  assert.ok(both > 50, String(both));
  const records = (await site.records()).map(({ record }) => record);
  const dryRuns = records.flatMap((record) =>
    record.type === 'upkeep' && record.purpose === 'dry-run' ? [record] : [],
  );
  const events = await site.audit('lab');
  for (const { exchange } of dryRuns) {
    const own = events.filter(({ auditID }) => auditID === exchange);
    assert.ok(own.length > 0 && own.every(({ requestURI }) => requestURI.includes('dryRun=All')), exchange);
  }
});
