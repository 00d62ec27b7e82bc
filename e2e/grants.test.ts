// SPDX-License-Identifier: Apache-2.0
// Runs alone: what a grant opened ends within a second of it.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { nodeSupport } from '@countersign/lab';
import { grantSessions } from './exec/grant-sessions.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { controlFlags } from './installation/control-flags.ts';
import { countersign, runCountersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
/** Longer than a grant of these tests is good for: a watch that says nothing meanwhile is ended by the gateway alone. */
const PATIENT = { timeoutMs: 60_000 };

const POLICIES = `
@id("reads") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");
@id("works") permit (principal is Agent, action in [Action::"write", Action::"connect"], resource in Namespace::"demo");
@id("asks-itself") permit (principal is Agent, action == Action::"create", resource)
when { resource.group == "authorization.k8s.io" };
@id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
@id("ask") @approval("approvers") @reason("A person looks at this.")
forbid (principal is Agent, action in [Action::"delete", Action::"exec", Action::"watch"], resource);
@id("ask-labelled") @approval("approvers")
forbid (principal is Agent, action in [Action::"create", Action::"update", Action::"patch"], resource)
when { resource.resource == "configmaps" };
@id("ask-services") @approval("approvers")
forbid (principal is Agent, action in [Action::"list", Action::"watch", Action::"deletecollection"], resource)
when { resource.resource == "services" };
@id("never") forbid (principal is Agent, action == Action::"delete", resource) when { resource.name == "precious" };
`;

const support = await nodeSupport();
const node = !('unavailable' in support);

let site: Installation;

before(async () => {
  const clusters = { lab: ['countersign:operators'] };
  const verbs = ['list', 'watch', 'deletecollection'];
  const rights = { 'countersign:operators': [{ apiGroups: [''], resources: ['services'], verbs }] };
  site = await startInstallation({
    clusters: { lab: { node, policies: POLICIES, rights } },
    organisation: '// nothing',
    agents: { worker: { clusters }, other: { clusters } },
    people: { grace: ['approvers'], eve: ['others'] },
    configure: (config) => ({
      ...config,
      roles: {
        ...config.roles,
        approver: ['approvers', 'others'].map((group) => ({ issuer: 'provider', group })),
      },
    }),
  });
  if (node) await grantSessions(site.lab('lab'));
});
after(() => site?.stop());

const grants = (who: string, ...args: readonly string[]) => ['grants', ...args, ...controlFlags(site, who)];

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly digest: string;
}

async function shown(id: string): Promise<Shown> {
  return JSON.parse(await countersign(...grants('operator', 'show', id, '-o', 'json')));
}

/** A grant that the worker asked for, as it was printed to it. */
async function requested(...scope: readonly string[]): Promise<string> {
  const printed = await countersign(...grants('worker', 'request', 'lab', '--namespace', 'demo', ...scope));
  const [, id] = /^GRANT +(\S+)$/m.exec(printed) ?? [];
  assert.ok(id, printed);
  return id;
}

async function signed(id: string, who = 'grace'): Promise<void> {
  const { digest } = await shown(id);
  assert.match(await countersign(...grants(who, 'approve', id, '--digest', digest)), /is active/);
}

async function given(name: string): Promise<void> {
  const made = await site.lab('lab').admin.request('POST', CONFIG_MAPS, { metadata: { name } });
  assert.equal(made.status, 201);
}

const remove = async (name: string, agent = 'worker') =>
  site.as(agent).call('DELETE', `${CONFIG_MAPS}/${name}`, { headers: { 'countersign-wait': 'none' } });

const recordsOf = async (exchange: string) =>
  (await site.records()).map(({ record }) => record).filter((one) => 'exchange' in one && one.exchange === exchange);

test('what is asked for goes on within a grant, for its agent, its scope and its signers, and is on record by it', async () => {
  for (const name of ['one', 'two', 'three', 'precious']) await given(name);
  assert.equal((await remove('one')).status, 403);
  const id = await requested('--verb', 'delete', '--on', 'configmaps', '--reason', 'tidy up');
  assert.equal((await remove('one')).status, 403, 'nobody has signed it');
  const { digest } = await shown(id);
  const stranger = await runCountersign(...grants('eve', 'approve', id, '--digest', digest));
  assert.equal(stranger.code, 0, 'an approver of another group may sign');
  assert.equal((await shown(id)).state, 'pending', 'but is none of those whom the rule wants');
  assert.equal((await remove('one')).status, 403);
  await signed(id);

  const done = await remove('one');
  assert.equal(done.status, 200);
  assert.equal((await remove('two')).status, 200, 'again, for it is good for a time');
  const { code } = await site.as('worker').kubectl('auth', 'can-i', 'delete', 'configmaps', '-n', 'demo');
  assert.equal(code, 0);
  assert.equal((await remove('three', 'other')).status, 403, 'another agent has nothing of it');
  assert.equal((await remove('precious')).status, 403, 'it gives nothing that a rule forbids');

  const [intent] = (await recordsOf(done.id ?? '')).filter(({ type }) => type === 'intent');
  assert.ok(intent?.type === 'intent');
  assert.deepEqual([intent.grant, intent.decision.grant, intent.decision.effect], [id, id, 'ask']);

  await countersign(...grants('worker', 'revoke', id, '--reason', 'done'));
  assert.equal((await remove('three')).status, 403);
  const told = (await site.records()).flatMap(({ record }) =>
    'grant' in record && record.grant === id ? [record.type] : [],
  );
  assert.deepEqual(
    told.filter((type) => type.startsWith('grant.')),
    ['grant.asked', 'grant.approved', 'grant.approved', 'grant.withdrawn'],
  );
});

test('a read that a rule asks about is refused with what a grant takes, and goes on under one', async () => {
  const list = () => site.as('worker').call('GET', '/api/v1/namespaces/demo/services');
  const { status, json } = await list();
  assert.deepEqual([status, json.details.causes[0].reason], [403, 'ERR_APPROVAL_REQUIRED']);
  assert.match(json.message, /a grant gives it \(countersign grants request\)/);
  assert.deepEqual(
    json.details.causes.slice(1).map(({ field, message }: Record<string, string>) => [field, message]),
    [
      ['approvers', 'approvers'],
      ['rules', 'lab/ask-services'],
      ['retry', 'under-a-grant'],
    ],
  );
  const printed = await countersign(
    ...grants('worker', 'request', 'lab', '--namespace', 'demo', '--verb', 'list', '--on', 'services'),
  );
  assert.match(printed, /^SIGNERS +1 of approvers \(rule lab\/ask-services\)$/m);
  assert.match(printed, /^MISSING +1 of approvers$/m);
  const [, id = ''] = /^GRANT +(\S+)$/m.exec(printed) ?? [];
  await signed(id);
  assert.equal((await list()).status, 200);
  await countersign(...grants('worker', 'revoke', id));
});

const NOW = { headers: { 'countersign-wait': 'none' } };
const labelled = (name: string, labels: object) => ({ metadata: { name, labels } });

/** What is answered to a write by the worker, which waits for nobody. */
async function written(method: 'POST' | 'PUT' | 'PATCH', name: string, body: object, type = 'application/json') {
  const path = method === 'POST' ? CONFIG_MAPS : `${CONFIG_MAPS}/${name}`;
  const headers = { ...NOW.headers, 'content-type': type };
  const { status } = await site.as('worker').call(method, path, { headers, body: Buffer.from(JSON.stringify(body)) });
  return status;
}

const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

test('a grant for labels is for the objects that have them, before a write and after it', async () => {
  const { admin } = site.lab('lab');
  for (const [name, app] of [
    ['web-1', 'web'],
    ['web-2', 'web'],
    ['db-1', 'db'],
  ] as const)
    assert.equal((await admin.request('POST', CONFIG_MAPS, labelled(name, { app }))).status, 201);
  const verbs = ['delete', 'create', 'update', 'patch'].flatMap((verb) => ['--verb', verb]);
  await signed(await requested(...verbs, '--on', 'configmaps', '--label', 'app=web'));

  assert.equal((await remove('db-1')).status, 403);
  assert.equal((await remove('web-1')).status, 200);
  assert.equal(await written('POST', 'web-3', labelled('web-3', { app: 'web' })), 201);
  assert.equal(await written('POST', 'db-2', labelled('db-2', { app: 'db' })), 403);
  assert.equal(await written('PATCH', 'web-2', { data: { a: 'b' } }, MERGE), 200);
  assert.equal(await written('PUT', 'web-2', labelled('web-2', { app: 'web', more: 'x' })), 200);

  const apply = (name: string, app: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', ...labelled(name, { app }) });
  const fieldManager = '?fieldManager=worker&force=true';
  for (const [method, name, body, type] of [
    ['PATCH', 'web-2', labelled('web-2', { app: 'db' }), MERGE],
    ['PATCH', 'web-2', labelled('web-2', { app: null as unknown as string }), MERGE],
    ['PUT', 'web-2', labelled('web-2', { app: 'db' })],
    ['PUT', 'web-2', { metadata: { name: 'web-2' } }],
    ['PATCH', 'db-1', labelled('db-1', { app: 'web' }), MERGE],
    ['PUT', 'db-1', labelled('db-1', { app: 'web' })],
    ['PATCH', `db-1${fieldManager}`, apply('db-1', 'web'), APPLY],
    ['PATCH', `web-4${fieldManager}`, apply('web-4', 'web'), APPLY],
  ] as const)
    assert.equal(await written(method, name, body, type), 403, `${method} ${name} ${JSON.stringify(body)}`);
  assert.equal(await written('PATCH', `web-2${fieldManager}`, apply('web-2', 'web'), APPLY), 200);
  assert.equal((await remove('db-1')).status, 403, 'it is what it was');

  const metadata = { name: 'web-2', labels: { app: 'web' }, resourceVersion: '1' };
  assert.equal(await written('PUT', 'web-2', { metadata }), 409, 'who names a version means that one');
});

test('a grant for labels gives lists, watches and deletions of what its label selector chooses, and no other', async () => {
  const services = '/api/v1/namespaces/demo/services';
  const { admin } = site.lab('lab');
  for (const [name, app] of [
    ['one', 'web'],
    ['two', 'db'],
  ] as const) {
    const spec = { ports: [{ port: 80 }] };
    assert.equal((await admin.request('POST', services, { ...labelled(name, { app }), spec })).status, 201);
  }
  const verbs = ['list', 'watch', 'deletecollection'].flatMap((verb) => ['--verb', verb]);
  await signed(await requested(...verbs, '--on', 'services', '--label', 'app=web'));
  const status = async (method: 'GET' | 'DELETE', query: string) =>
    (await site.as('worker').call(method, `${services}${query}`, NOW)).status;
  for (const query of [
    '',
    '?labelSelector=app',
    '?labelSelector=app%20in%20(web,db)',
    '?fieldSelector=metadata.name%3Done',
  ])
    for (const method of ['GET', 'DELETE'] as const) assert.equal(await status(method, query), 403, query);
  assert.equal(await status('GET', '?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Done'), 403);
  assert.equal(await status('GET', '?labelSelector=app%3Dweb'), 200);
  assert.equal(await status('GET', '?watch=true&timeoutSeconds=1&labelSelector=app%3Dweb,more'), 200);
  assert.equal(await status('DELETE', '?labelSelector=app%3Dweb'), 200);
  assert.equal((await admin.request('GET', `${services}/two`)).status, 200);
  assert.equal((await admin.request('GET', `${services}/one`)).status, 404);
});

suite('grants on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  for (const { what, time, end } of [
    {
      what: 'is revoked',
      time: '10m',
      end: async (id: string) => void (await countersign(...grants('grace', 'revoke', id))),
    },
    { what: 'runs out', time: '30s', end: async () => undefined },
  ]) {
    test(`a grant that ${what} ends the watch and the exec that go on by it, each with a reason on record, and what comes next is asked for`, async () => {
      const begunMs = Date.now();
      const scope = ['watch', 'exec'].flatMap((verb) => ['--verb', verb]);
      const id = await requested(...scope, '--on', 'configmaps', '--on', 'pods', '--for', time);
      await signed(id);
      const { expiresAt } = (await shown(id)) as Shown & { readonly expiresAt: string };
      const watch = await site.as('worker').open('GET', `${CONFIG_MAPS}?watch=true`, PATIENT);
      await watch.lines.find(() => true);
      const exec = await site
        .as('worker')
        .startKubectl('exec', '-n', 'demo', 'web', '--', 'sh', '-c', 'echo begun; sleep 600');
      await exec.stdout
        .find((line) => line === 'begun')
        .catch((cause) => assert.fail(`${exec.stderr.all.join('\n')} ${cause}`));
      await end(id);
      assert.equal(await watch.ended, false, 'it is cut, and does not end cleanly');
      assert.notEqual(await exec.exited, 0);
      assert.match(exec.stderr.all.join('\n'), /the grant by which this was let on has ended/);
      const ends = await eventually('both ends are on record', async () => {
        const records = (await site.records()).map(({ record }) => record);
        const found = records.filter(
          (record) =>
            (record.type === 'answer.end' || record.type === 'stream.end') &&
            record.reason === 'ERR_GRANT_ENDED' &&
            Date.parse(record.ts) >= begunMs,
        );
        return found.length === 2 ? found : undefined;
      });
      const over = await eventually('the end of the grant is on record', async () =>
        (await site.records())
          .map(({ record }) => record)
          .find(
            (record) => (record.type === 'grant.revoked' || record.type === 'grant.expired') && record.grant === id,
          ),
      );
      const overMs = Math.min(Date.parse(over.ts), Date.parse(expiresAt));
      for (const record of ends) assert.ok(Date.parse(record.ts) - overMs < 1_000, record.ts);
      assert.equal((await site.as('worker').call('GET', `${CONFIG_MAPS}?watch=true`)).status, 403);
    });
  }
});

/** Break-glass that the operator opened for the worker. */
async function broken(...more: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await glass('operator', 'open', 'lab', 'worker', '--reason', 'all is down', ...more);
  assert.equal(code, 0, stderr);
  const [, id] = /^break-glass (\S+) is open for worker on lab until /.exec(stdout) ?? [];
  assert.ok(id, stdout);
  return id;
}

const glass = (who: string, ...args: readonly string[]) =>
  runCountersign('break-glass', ...args, ...controlFlags(site, who));

/** What is on record of break-glass, in order. */
async function storyOf(id: string): Promise<readonly string[]> {
  const records = (await site.records()).map(({ record }) => record);
  return records.flatMap((record) => (record.type === 'breakglass' && record.grant === id ? [record.action] : []));
}

test('break-glass lets on what rules ask for until an operator ends it, but nothing that is forbidden or locked', async () => {
  for (const name of ['glass-1', 'glass-2', 'glass-3']) await given(name);
  assert.equal((await remove('glass-1')).status, 403);
  for (const [who, ...args] of [
    ['grace', 'lab', 'worker', '--reason', 'I may not'],
    ['worker', 'lab', 'worker', '--reason', 'I would like to'],
    ['operator', 'lab', 'worker', '--reason', ''],
    ['operator', 'lab', 'worker', '--reason', 'for long', '--for', '2h'],
  ] as const)
    assert.equal((await glass(who, 'open', ...args)).code, 1, args.join(' '));
  assert.equal((await remove('glass-1')).status, 403);

  const id = await broken();
  const done = await remove('glass-1');
  assert.equal(done.status, 200);
  const [intent] = (await recordsOf(done.id ?? '')).filter(({ type }) => type === 'intent');
  assert.ok(intent?.type === 'intent');
  const { effect, grant, breakGlass } = intent.decision;
  assert.deepEqual([intent.grant, effect, grant, breakGlass], [id, 'ask', id, true]);
  assert.equal((await remove('glass-2', 'other')).status, 403, 'another agent has nothing of it');
  assert.equal((await remove('precious')).status, 403, 'it gives nothing that a rule forbids');
  const flags = controlFlags(site, 'operator');
  await countersign('lock', 'agent', 'worker', ...flags);
  assert.equal((await remove('glass-2')).status, 403, 'a lock stands above it');
  await countersign('lock', 'agent', 'worker', '--off', ...flags);
  assert.equal((await remove('glass-2')).status, 200);
  assert.equal((await glass('operator', 'end', id)).code, 0);
  assert.equal((await remove('glass-3')).status, 403);
  assert.deepEqual(await storyOf(id), ['opened', 'ended']);
});

test('break-glass that runs out ends the watch that goes on by it, and the log is in order', async () => {
  const id = await broken('--for', '30s');
  const watch = await site.as('worker').open('GET', `${CONFIG_MAPS}?watch=true`, PATIENT);
  await watch.lines.find(() => true);
  assert.equal(await watch.ended, false, 'it is cut, and does not end cleanly');
  const story = await eventually('its end is on record', async () => {
    const found = await storyOf(id);
    return found.length === 2 ? found : undefined;
  });
  assert.deepEqual(story, ['opened', 'expired']);
  assert.equal((await site.as('worker').call('GET', `${CONFIG_MAPS}?watch=true`)).status, 403);
  const { dir, trust } = site.evidence;
  assert.match(await countersign('evidence', 'verify', dir, '--trust', trust), /VERIFIED/);
});

test("what was let through stands in the cluster's audit log, and nothing else of these agents does", async () => {
  const { both } = await assertJoined(site, ['lab']);
  assert.ok(both > 0);
});
