// SPDX-License-Identifier: Apache-2.0
// A deletecollection that a person countersigns, object by object, with a stock kubectl and a real API server.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { ApprovalView } from '@countersign/wire';
import { Desk } from './approvals/desk.ts';
import { heldFor } from './approvals/held-for.ts';
import { AdmissionWebhook } from './fixtures/admission-webhook.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { type Answer, call } from './installation/call.ts';
import { controlFlags } from './installation/control-flags.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type IndexedRecord, type Installation, startInstallation } from './installation.ts';

const CORE = '/api/v1/namespaces/demo';
const CONFIG_MAPS = `${CORE}/configmaps`;
const VALIDATION = '/apis/admissionregistration.k8s.io/v1';
/** Nobody is told to come back in these tests. */
const HOLD_MS = 60_000;

const POLICIES = `
@id("all") permit (principal, action, resource);
@id("ask-many")
@approval("approvers")
forbid (principal, action == Action::"deletecollection", resource);
`;
const RIGHTS = [
  { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['list', 'delete', 'deletecollection'] },
  { apiGroups: [''], resources: ['services'], verbs: ['delete', 'deletecollection'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
];

let site: Installation;
let desk: Desk;

before(async () => {
  site = await startInstallation({
    organisation: '// the cluster has all',
    clusters: { lab: { policies: POLICIES, rights: { 'countersign:sweepers': RIGHTS } } },
    agents: { worker: { clusters: { lab: ['countersign:sweepers'] } } },
    people: { grace: ['approvers'] },
    configure: heldFor(HOLD_MS),
  });
  desk = new Desk(site);
});
after(() => site?.stop());

const admin = () => site.lab('lab').admin;
const chosen = (sweep: string) => `labelSelector=sweep%3D${sweep}`;

async function made(path: string, object: object): Promise<void> {
  const { status, body } = await admin().request('POST', path, object);
  assert.equal(status, 201, JSON.stringify(body));
}

/** ConfigMaps with one label, past the gateway. */
async function given(sweep: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) await made(CONFIG_MAPS, { metadata: { name, labels: { sweep } }, data: { tone: 'warm' } });
}

async function uidOf(name: string): Promise<string> {
  return (await admin().request('GET', `${CONFIG_MAPS}/${name}`)).body?.metadata?.uid;
}

/** Names of what is there with a label. */
async function left(sweep: string, path = CONFIG_MAPS): Promise<string[]> {
  const { body } = await admin().request('GET', `${path}?${chosen(sweep)}`);
  return body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
}

const sweep = (path: string, body?: object): Promise<Answer> =>
  site.as('worker').call('DELETE', path, { timeoutMs: 2 * HOLD_MS, ...(body === undefined ? {} : { body }) });

/** A deletecollection that waits, and what it waits for. */
async function waiting(path: string, body?: object) {
  const answer = sweep(path, body);
  const ended = answer.then(({ status, text }) => assert.fail(`it was answered ${status}: ${text}`));
  const approval = await Promise.race([eventually(`${path} waits`, () => desk.newlyPending()), ended]);
  return { approval, answer };
}

async function letGo({ approval, answer }: Awaited<ReturnType<typeof waiting>>): Promise<Answer> {
  await desk.says('grace', 'approve', approval.id);
  return answer;
}

/** What the agent deleted at the API server, but for dry runs: names, or "" for a collection. */
async function deleted(ids: ReadonlySet<string>): Promise<string[]> {
  const own = (await site.audit('lab')).filter(
    ({ verb, requestURI }) => verb.startsWith('delete') && !requestURI.includes('dryRun=All'),
  );
  const once = new Map(own.map(({ auditID, objectRef }) => [auditID, objectRef?.name ?? '']));
  return [...once].flatMap(([id, name]) => (ids.has(id) ? [name] : [])).sort();
}

/** Ids of all collections that the API server was asked to delete, but for dry runs. */
async function collections(): Promise<readonly string[]> {
  const events = (await site.audit('lab')).filter(({ verb }) => verb === 'deletecollection');
  return events.filter(({ requestURI }) => !requestURI.includes('dryRun=All')).map(({ requestURI }) => requestURI);
}

type Telling = Extract<IndexedRecord['record'], { type: 'intent' | 'outcome' | 'approval.used' }>;

/** Records of a countersigned exchange and of those that it was carried out by, in order. */
async function story(approval: string): Promise<readonly Telling[]> {
  const { usedBy } = await desk.find(approval);
  if (usedBy === undefined) return [];
  const all = (await site.records()).map(({ record }) => record);
  const isTelling = (record: IndexedRecord['record']): record is Telling =>
    ['intent', 'outcome', 'approval.used'].includes(record.type);
  const telling = all.filter(isTelling);
  const own = new Set(telling.flatMap(({ exchange, parent }) => (parent === usedBy ? [exchange] : [])));
  return telling.filter(({ exchange }) => exchange === usedBy || own.has(exchange));
}

function lineOf(record: Telling): string {
  const { request } = record;
  const name = request?.kind === 'resource' ? [request.verb, request.name].filter(Boolean).join(' ') : '';
  return [record.type, name, record.type === 'outcome' ? record.result : ''].filter(Boolean).join(' ');
}

const shown = ({ effect }: ApprovalView) => effect.changes.map(({ path, before }) => `${path}: ${before}`);

test('what is listed is shown, countersigned, and deleted object by object', async () => {
  await given('one', 'a', 'b', 'c');
  await given('other', 'd');
  const kubectl = await site.as('worker').startKubectl('delete', '--raw', `${CONFIG_MAPS}?${chosen('one')}`);
  const approval = await eventually('it waits', () => desk.newlyPending());
  const uids = await Promise.all(['a', 'b', 'c'].map(uidOf));
  assert.deepEqual(
    shown(approval),
    ['a', 'b', 'c'].map((name, at) => `demo/${name}: uid ${uids[at]}`),
  );
  assert.match(approval.effect.summary, /deletes these 3 objects, and none that comes later; .*labels sweep=one/);
  await desk.says('grace', 'approve', approval.id);
  assert.equal(await kubectl.exited, 0, kubectl.output);
  const answer = JSON.parse(kubectl.output);
  assert.equal(answer.kind, 'ConfigMapList');
  assert.deepEqual(
    answer.items.map((item: { metadata: { uid: string } }) => item.metadata.uid),
    uids,
  );
  assert.deepEqual([await left('one'), await left('other')], [[], ['d']]);

  const records = await story(approval.id);
  assert.deepEqual(records.map(lineOf), [
    'approval.used deletecollection',
    'intent deletecollection',
    ...['a', 'b', 'c'].flatMap((name) => [`intent delete ${name}`, `outcome delete ${name} done`]),
    'outcome deletecollection done',
  ]);
  const deletes = records.filter(({ parent }) => parent !== undefined);
  assert.equal(new Set(deletes.map(({ exchange }) => exchange)).size, 3);
  assert.deepEqual(
    deletes.flatMap((record) => (record.type === 'outcome' ? [record.effect?.uid] : [])),
    uids,
  );
  assert.deepEqual(await deleted(new Set(deletes.map(({ exchange }) => exchange))), ['a', 'b', 'c']);
  assert.deepEqual(await collections(), []);
});

test('who is denied is told so, and nothing is deleted', async () => {
  const { approval, answer } = await waiting(`${CONFIG_MAPS}?${chosen('other')}`);
  await desk.says('grace', 'deny', approval.id, '--reason', 'd is used');
  const { status, json } = await answer;
  assert.equal(status, 403);
  assert.match(json.message, /d is used/);
  assert.deepEqual(await left('other'), ['d']);
});

test('a list that has changed is not the one that was approved', async () => {
  await given('moving', 'stays', 'twin', 'goes');
  const held = await waiting(`${CONFIG_MAPS}?${chosen('moving')}`);
  for (const name of ['twin', 'goes'])
    assert.equal((await admin().request('DELETE', `${CONFIG_MAPS}/${name}`)).status, 200);
  await given('moving', 'twin', 'comes');
  const { status, json } = await letGo(held);
  assert.equal(status, 409);
  assert.equal(json.details.causes[0].reason, 'ERR_EFFECT_CHANGED');
  assert.match(json.message, /gone: goes, twin; new: comes, twin; nothing was done/);
  assert.deepEqual(await left('moving'), ['comes', 'stays', 'twin']);
  assert.deepEqual(await story(held.approval.id), []);

  const again = await waiting(`${CONFIG_MAPS}?${chosen('moving')}`);
  await admin().request('PATCH', `${CONFIG_MAPS}/stays`, { data: { tone: 'cold' } }, 'application/merge-patch+json');
  assert.equal((await letGo(again)).status, 200, 'what is in an object is no part of the list');
  assert.deepEqual(await left('moving'), []);
});

test('who does not want to wait is told at once, and goes through once somebody approved the same list', async () => {
  await given('later', 'late-a', 'late-b');
  const path = `${CONFIG_MAPS}?${chosen('later')}`;
  const ask = () => site.as('worker').call('DELETE', path, { headers: { 'countersign-wait': 'none' } });
  assert.equal((await ask()).status, 403);
  const approval = (await desk.newlyPending()) ?? assert.fail('nobody was asked');
  await desk.says('grace', 'approve', approval.id);
  const { status, text } = await ask();
  assert.equal(status, 200, text);
  assert.deepEqual(await left('later'), []);
});

test('values are masked in what is answered, and in no card or record', async () => {
  const value = 'a-value-of-this-test-alone';
  await made(`${CORE}/secrets`, {
    metadata: { name: 'key', labels: { sweep: 'keys' } },
    stringData: { password: value },
  });
  const held = await waiting(`${CORE}/secrets?${chosen('keys')}`);
  const { status, text, json } = await letGo(held);
  assert.equal(status, 200, text);
  assert.match(Buffer.from(json.items[0].data.password, 'base64').toString(), /^masked-v1-/);
  const told = [text, JSON.stringify(held.approval), JSON.stringify(await site.records())].join('\n');
  for (const form of [value, Buffer.from(value).toString('base64')]) assert.ok(!told.includes(form));
});

test('options go along with each delete, from the query and from the body', async () => {
  await given('dry', 'rehearsed');
  const dry = await waiting(`${CONFIG_MAPS}?dryRun=All&${chosen('dry')}`);
  assert.match(dry.approval.effect.summary, /^dry run of deletecollection .*; is tried on this object/);
  assert.equal((await letGo(dry)).status, 200);
  assert.deepEqual(await left('dry'), ['rehearsed']);
  assert.deepEqual(
    (await story(dry.approval.id)).map((record) => record.request?.kind === 'resource' && record.request.dryRun),
    [true, true, true, true, true],
  );
  const uid = await uidOf('rehearsed');
  const other = await sweep(`${CONFIG_MAPS}?${chosen('dry')}`, { preconditions: { uid: 'another' } });
  assert.equal(other.status, 409, other.text);
  const own = await waiting(`${CONFIG_MAPS}?${chosen('dry')}`, { preconditions: { uid }, propagationPolicy: 'Orphan' });
  assert.match(own.approval.effect.summary, /propagation Orphan/);
  assert.equal((await letGo(own)).status, 200);
  await eventually('it is gone', async () => (await left('dry')).length === 0);
});

test('what a person can’t look through is refused, and so is what is not of now, or not the agent’s', async () => {
  const names = Array.from({ length: 101 }, (_, at) => `many-${String(at).padStart(3, '0')}`);
  await given('many', ...names);
  const many = `${CONFIG_MAPS}?${chosen('many')}`;
  for (const [path, why] of [
    [many, /more than 100 objects; delete fewer at a time/],
    [`${many}&resourceVersion=1`, /send it without resourceVersion and continue/],
    ['/api/v1/namespaces/default/services', /don't let the agent list/],
  ] as const) {
    const { status, json } = await sweep(path);
    assert.equal(status, 403, path);
    assert.equal(json.details.causes[0].reason, 'ERR_EFFECT_UNKNOWN');
    assert.match(json.message, why);
  }
  const none = await sweep(`${CONFIG_MAPS}?${chosen('none')}`);
  assert.deepEqual([none.status, none.json.reason], [404, 'NotFound']);
  assert.equal((await sweep(`${CORE}/pods`)).status, 403, 'no right to deletecollection');
  assert.equal(await desk.newlyPending(), undefined);
  const first = await waiting(`${many}&limit=99`);
  assert.equal(first.approval.effect.changes.length, 99);
  assert.equal((await letGo(first)).status, 200);
  assert.deepEqual(await left('many'), names.slice(99));
});

/** Whoever deletes the ConfigMap `kept` is refused, but not a dry run. */
async function keep(): Promise<void> {
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['configmaps'] };
  await made(`${VALIDATION}/validatingadmissionpolicies`, {
    metadata: { name: 'keeps' },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule] },
      validations: [
        { expression: "request.dryRun || !oldObject.metadata.name.startsWith('kept')", message: 'this one is kept' },
      ],
    },
  });
  await made(`${VALIDATION}/validatingadmissionpolicybindings`, {
    metadata: { name: 'keeps' },
    spec: { policyName: 'keeps', validationActions: ['Deny'] },
  });
  await made(CONFIG_MAPS, { metadata: { name: 'kept-probe' } });
  await eventually('it is in force', async () => {
    const { status } = await admin().request('DELETE', `${CONFIG_MAPS}/kept-probe`);
    if (status === 200) await made(CONFIG_MAPS, { metadata: { name: 'kept-probe' } });
    return status === 422;
  });
}

test('where the API server refuses one, what was done and what was not is told and on record', async () => {
  await given('part', 'already', 'kept', 'later', 'latest');
  await keep();
  const held = await waiting(`${CONFIG_MAPS}?${chosen('part')}`);
  const { status, json, id } = await letGo(held);
  assert.equal(status, 409, json.message);
  assert.match(json.message, /1 of 4 objects are deleted; not deleted is demo\/kept: .*this one is kept; 2 behind it/);
  const [first, ...objects] = json.details.causes;
  assert.equal(first.reason, 'ERR_COLLECTION_STOPPED');
  assert.deepEqual(
    objects.map(({ reason, field }: Record<string, string>) => `${field} ${reason}`),
    [
      'demo/already object-deleted',
      'demo/kept object-not-deleted',
      'demo/later object-not-deleted',
      'demo/latest object-not-deleted',
    ],
  );
  assert.deepEqual(await left('part'), ['kept', 'later', 'latest']);
  assert.deepEqual((await story(held.approval.id)).map(lineOf), [
    'approval.used deletecollection',
    'intent deletecollection',
    'intent delete already',
    'outcome delete already done',
    'intent delete kept',
    'outcome delete kept failed',
    'outcome deletecollection done in part',
  ]);
  const headers = { authorization: `Bearer ${await site.token('worker')}` };
  const ca = await readFile(site.caFile, 'utf8');
  const known = await call({ method: 'GET', url: `${site.control}/api/v1/exchanges/${id}`, ca, headers });
  assert.equal(known.json.state, 'done in part');
  const anew = await waiting(`${CONFIG_MAPS}?${chosen('part')}`);
  assert.equal(anew.approval.effect.changes.length, 3, 'what is left is asked for anew');
  await desk.says('grace', 'deny', anew.approval.id);
  assert.equal((await anew.answer).status, 403);
});

test('a lock amid it keeps what is not deleted yet, and says so', async () => {
  const looked: string[] = [];
  using webhook = await AdmissionWebhook.open(async ({ name, dryRun }) => {
    if (dryRun) return;
    looked.push(name);
    if (name === 'b')
      await countersign('lock', 'agent', 'worker', '--reason', 'amid it', ...controlFlags(site, 'operator'));
  });
  await made(`${VALIDATION}/validatingwebhookconfigurations`, webhook.ofDeletes({ sweep: 'locked' }));
  await eventually('it is asked', async () => {
    await given('locked', 'probe');
    await admin().request('DELETE', `${CONFIG_MAPS}/probe`);
    return looked.length > 0;
  });
  looked.length = 0;
  await given('locked', 'a', 'b', 'c');
  const held = await waiting(`${CONFIG_MAPS}?${chosen('locked')}`);
  const { status, json } = await letGo(held);
  assert.equal(status, 409);
  assert.match(json.message, /2 of 3 objects are deleted; not deleted is demo\/c: a lock is on this agent/);
  assert.deepEqual([looked, await left('locked')], [['a', 'b'], ['c']]);
  assert.deepEqual((await story(held.approval.id)).map(lineOf).slice(-3), [
    'intent delete b',
    'outcome delete b done',
    'outcome deletecollection done in part',
  ]);
  await countersign('unlock', 'agent', 'worker', ...controlFlags(site, 'operator'));
});

test('a gateway that dies on its way has nothing deleted twice, and nobody is told more than is known', async () => {
  const names = Array.from({ length: 99 }, (_, at) => `doomed-${String(at).padStart(2, '0')}`);
  await given('doomed', ...names);
  const path = `${CONFIG_MAPS}?${chosen('doomed')}`;
  const { approval, answer } = await waiting(path);
  const lost = assert.rejects(answer);
  await desk.says('grace', 'approve', approval.id);
  await eventually('it has begun', async () => (await left('doomed')).length < names.length, 1);
  await site.gateway.kill();
  await lost;
  await site.startGateway();
  const again = await eventually('the gateway serves', async () => {
    const told = await sweep(path);
    return told.status === 503 ? undefined : told;
  });
  assert.deepEqual([again.status, again.json.details.causes[0].reason], [409, 'ERR_OUTCOME_UNKNOWN']);
  assert.equal(await desk.newlyPending(), undefined);

  const [used, intent, ...others] = await story(approval.id);
  assert.deepEqual([used?.type, intent?.type, intent?.parent], ['approval.used', 'intent', undefined]);
  const outcomes = others.flatMap((record) => (record.type === 'outcome' ? [record] : []));
  const isWhole = ({ exchange }: Telling) => exchange === intent?.exchange;
  assert.deepEqual(
    outcomes.filter(isWhole).map(({ result }) => result),
    ['unknown'],
  );
  const intents = others.filter(({ type }) => type === 'intent');
  const ends = outcomes.filter((one) => !isWhole(one));
  const exchangesOf = (records: readonly Telling[]) => records.map(({ exchange }) => exchange).sort();
  assert.deepEqual(exchangesOf(ends), exchangesOf(intents));
  assert.ok(ends.filter(({ result }) => result === 'unknown').length <= 1, 'one is under way at a time');

  const nameOf = ({ request }: Telling) => (request?.kind === 'resource' ? request.name : '');
  const remaining = new Set(await left('doomed'));
  const intended = new Set(intents.map(nameOf));
  assert.ok(intended.size < names.length, 'it was killed on its way');
  for (const end of ends) if (end.result === 'done') assert.ok(!remaining.has(nameOf(end)), nameOf(end));
  for (const name of names) if (!intended.has(name)) assert.ok(remaining.has(name), name);
  const ids = new Set(exchangesOf(intents));
  const asked = await deleted(ids);
  assert.deepEqual(asked, [...new Set(asked)], 'each once');
});

test('both logs join, each delete by its own id', async () => {
  assert.deepEqual(await collections(), []);
  await assertJoined(site, ['lab']);
});
