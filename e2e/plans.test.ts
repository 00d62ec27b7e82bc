// SPDX-License-Identifier: Apache-2.0
// Many requests as one approval: a stock kubectl sends them after people have signed once.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ApprovalView, parseApprovalView } from '@countersign/wire';
import { Desk } from './approvals/desk.ts';
import { controlFlags } from './installation/control-flags.ts';
import { type CommandResult, runCountersign } from './installation/countersign.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const POLICIES = `
@id("works-in-demo")
permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");

@id("ask-writes") @approval("approvers")
forbid (principal is Agent, action in [Action::"create", Action::"patch"], resource)
when { resource.resource == "configmaps" };

@id("no-secrets") @reason("Secrets come from the vault.")
forbid (principal is Agent, action == Action::"create", resource) when { resource.resource == "secrets" };
`;

let site: Installation;
let desk: Desk;

before(async () => {
  const clusters = { lab: ['countersign:workers'] };
  site = await startInstallation({
    clusters: { lab: { policies: POLICIES } },
    agents: { worker: { clusters }, stranger: { clusters } },
    people: { grace: ['approvers'] },
    configure: (config) => ({
      ...config,
      // What nobody has countersigned is told so at once: a plan is no reason to wait.
      approvals: { holdMs: 0 },
      roles: { ...config.roles, approver: [{ issuer: 'provider', group: 'approvers' }] },
    }),
  });
  desk = new Desk(site);
});
after(() => site?.stop());

const configMap = (name: string, tone: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  labels: {shop: "yes"}\ndata:\n  tone: ${tone}\n  count: "3"\n`;

const objectOf = (name: string, tone: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { shop: 'yes' } },
  data: { tone, count: '3' },
});

/** A request of an agent's that does not wait. */
function posted(name: string, tone: string, agent = 'worker') {
  const headers = { 'countersign-wait': 'none' };
  return site.as(agent).call('POST', CONFIG_MAPS, { body: objectOf(name, tone), headers });
}

async function file(name: string, ...documents: readonly string[]): Promise<string> {
  const path = join(site.dir, `${name}.yaml`);
  await writeFile(path, documents.join('---\n'));
  return path;
}

function plan(path: string, ...more: readonly string[]): Promise<CommandResult> {
  const where = ['--cluster', 'lab', '-n', 'demo', '-o', 'json', ...more];
  return runCountersign('plan', '-f', path, ...where, ...controlFlags(site, 'worker'));
}

/** A plan that is taken. */
async function planned(path: string, ...more: readonly string[]): Promise<ApprovalView> {
  const { code, stdout, stderr } = await plan(path, ...more);
  assert.equal(code, 0, stderr);
  return parseApprovalView(JSON.parse(stdout).approval);
}

/** A kubectl whose requests go through: one that waits would come back for minutes. */
async function kubectl(...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const { code, stdout, stderr } = await site.as('worker').kubectl(...args);
  return { code, output: `${stdout}\n${stderr}` };
}

async function toneOf(name: string): Promise<unknown> {
  const { status, body } = await site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/${name}`);
  return status === 200 ? (body as { data: { tone: unknown } }).data.tone : undefined;
}

test('a plan is signed once, and the same kubectl apply goes through, each request once', async () => {
  const path = await file('once', configMap('one', 'warm'), configMap('two', 'calm'));
  const { id, members } = await planned(path, '--reason', 'the new release');
  assert.deepEqual(
    members?.map(({ action }) => action),
    ['create configmaps one in namespace demo', 'create configmaps two in namespace demo'],
  );
  const card = await desk.show('grace', id);
  assert.match(card, /^REQUEST {2}plan of 2 requests on cluster lab$/m);
  assert.match(card, /^SAYS {5}the new release$/m);
  assert.match(card, /^REQUEST {2}2 of 2: create configmaps two in namespace demo$/m);
  assert.match(card, /"calm"/);

  await desk.says('grace', 'approve', id);
  const applied = await kubectl('apply', '-n', 'demo', '-f', path);
  assert.equal(applied.code, 0, applied.output);
  assert.deepEqual([await toneOf('one'), await toneOf('two')], ['warm', 'calm']);
  const used = await desk.find(id);
  assert.equal(used.state, 'used');
  assert.ok(used.members?.every(({ usedBy }) => usedBy !== undefined));
  const types = (await desk.records(id)).map(({ type }) => type).filter((type) => type !== 'approval.seen');
  assert.deepEqual(types, [
    'approval.asked',
    'approval.reasoned',
    'approval.approved',
    'approval.used',
    'intent',
    'approval.used',
    'intent',
  ]);

  await site.lab('lab').admin.request('DELETE', `${CONFIG_MAPS}/one`);
  const again = await posted('one', 'warm');
  assert.deepEqual([again.status, /approval \S+ waits/.test(again.text)], [403, true], again.text);
  assert.equal(await toneOf('one'), undefined);
});

test('what is otherwise than planned is asked for by itself, and the plan stays for the rest', async () => {
  const path = await file('changed', configMap('left', 'warm'), configMap('right', 'calm'));
  const { id } = await planned(path);
  await desk.says('grace', 'approve', id);
  const refused = await posted('left', 'loud');
  assert.deepEqual([refused.status, refused.text.includes(id)], [403, false], refused.text);
  assert.equal(await toneOf('left'), undefined);
  const [, own] = /approval (\S+) waits/.exec(refused.text) ?? assert.fail(`it waits for itself: ${refused.text}`);
  assert.ok(own);
  await desk.says('grace', 'deny', own);

  const created = await kubectl('create', '-n', 'demo', '-f', path);
  assert.equal(created.code, 0, created.output);
  assert.deepEqual([await toneOf('left'), await toneOf('right')], ['warm', 'calm']);
});

test('a request of a plan that waits, waits for the plan; a no ends all of it', async () => {
  const path = await file('denied', configMap('first', 'warm'), configMap('second', 'calm'));
  const { id } = await planned(path);
  const waiting = await posted('first', 'warm');
  assert.deepEqual([waiting.status, waiting.text.includes(id)], [403, true], waiting.text);
  assert.equal((await planned(path)).id, id, 'the same plan is the same approval');
  await desk.says('grace', 'deny', id, '--reason', 'not today');
  for (const name of ['first', 'second']) {
    const { status, text } = await posted(name, name === 'first' ? 'warm' : 'calm');
    assert.deepEqual([status, /approval \S+ waits/.test(text), text.includes(id)], [403, true, false], text);
    assert.equal(await toneOf(name), undefined);
  }
});

test('a server-side apply is planned as such, of what is there and what is not; a change in between asks anew', async () => {
  for (const name of ['kept', 'moved'])
    await site.lab('lab').admin.request('POST', CONFIG_MAPS, { metadata: { name } });
  const path = await file('applied', configMap('kept', 'warm'), configMap('moved', 'calm'), configMap('fresh', 'new'));
  const { id } = await planned(path, '--as', 'server-side-apply');
  const { members } = await desk.find(id);
  assert.ok(
    members?.[0]?.effect.changes.some(({ path: field, after: value }) => field === 'data.tone' && value === '"warm"'),
  );
  await desk.says('grace', 'approve', id);
  await site.lab('lab').admin.request('DELETE', `${CONFIG_MAPS}/moved`);
  await site.lab('lab').admin.request('POST', CONFIG_MAPS, { metadata: { name: 'moved' }, data: { by: 'others' } });
  for (const [name, tone] of [
    ['kept', 'warm'],
    ['fresh', 'new'],
  ] as const) {
    const one = await file(name, configMap(name, tone));
    const { code, output } = await kubectl('apply', '--server-side', '-n', 'demo', '-f', one);
    assert.equal(code, 0, output);
  }
  const moved = await site.as('worker').call('PATCH', `${CONFIG_MAPS}/moved?fieldManager=kubectl&force=false`, {
    body: objectOf('moved', 'calm'),
    contentType: 'application/apply-patch+yaml',
    headers: { 'countersign-wait': 'none' },
  });
  assert.deepEqual([moved.status, moved.text.includes(id)], [403, false], moved.text);
  assert.deepEqual([await toneOf('kept'), await toneOf('moved'), await toneOf('fresh')], ['warm', undefined, 'new']);
  const found = await desk.find(id);
  assert.deepEqual(
    [found.state, found.members?.map(({ usedBy }) => usedBy !== undefined)],
    ['approved', [true, false, true]],
  );
});

test('a plan with something in it that is denied, or can not be looked at, is refused whole, by name', async () => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {password: hunter2}\n';
  const nowhere = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lost, namespace: elsewhere}\n';
  const unknown = 'apiVersion: shop.example/v1\nkind: Shop\nmetadata: {name: mine}\n';
  const path = await file('refused', configMap('good', 'warm'), secret, nowhere, unknown);
  const earlier = (await desk.list('operator', '--all')).length;
  const { code, stderr } = await plan(path);
  assert.equal(code, 1);
  assert.match(stderr, /Not planned: nobody was asked, because of 3 of its requests/);
  assert.match(stderr, /create secrets key in namespace demo: .*Secrets come from the vault/);
  assert.match(stderr, /create configmaps lost in namespace elsewhere: no policy permits it/);
  assert.match(stderr, /object 4, Shop mine of shop\.example\/v1: .*plan what brings it first/);
  assert.doesNotMatch(stderr, /hunter2/);
  assert.equal((await desk.list('operator', '--all')).length, earlier);
  const gone = await file('there', configMap('kept', 'warm'));
  const there = await plan(gone);
  assert.deepEqual(
    [there.code, /create configmaps kept in namespace demo: .*already exists/.test(there.stderr)],
    [1, true],
    there.stderr,
  );
  const twice = await plan(await file('twice', configMap('same', 'warm'), configMap('same', 'warm')));
  assert.match(twice.stderr, /one request stands twice/);
});

test('another agent gets nothing of a plan', async () => {
  const path = await file('own', configMap('own', 'warm'));
  const { id } = await planned(path);
  await desk.says('grace', 'approve', id);
  const { status } = await posted('own', 'warm', 'stranger');
  assert.equal(status, 403);
  assert.equal(await toneOf('own'), undefined);
  assert.equal((await desk.find(id)).state, 'approved');
});
