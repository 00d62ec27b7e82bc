// SPDX-License-Identifier: Apache-2.0
// Runs alone: a lock ends what waits within a second.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { ApprovalCause } from '@countersign/wire';
import { ASK_DELETES } from './approvals/ask-deletes.ts';
import { Desk } from './approvals/desk.ts';
import { storyOf } from './approvals/story-of.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { type Answer, call } from './installation/call.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const HOLD_MS = 25_000;

const POLICIES = `
@id("works-in-demo")
permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");
`;
const ASKING = `${POLICIES}
${ASK_DELETES}
@id("ask-two")
@approval("approvers")
@quorum("2")
forbid (principal is Agent, action == Action::"delete", resource)
when { resource.name == "precious" };

@id("ask-briefly")
@approval("approvers")
@ttl("2s")
forbid (principal is Agent, action == Action::"delete", resource)
when { resource.name == "brief" };
`;
const DENYING = `${ASKING}
@id("no-deletes")
@reason("Not this week.")
forbid (principal is Agent, action == Action::"delete", resource);
`;

let site: Installation;
let desk: Desk;

before(async () => {
  const clusters = { lab: ['countersign:workers'] };
  site = await startInstallation({
    clusters: { lab: { policies: ASKING } },
    agents: { worker: { clusters } },
    people: { grace: ['approvers'], alan: ['approvers'], ada: ['approvers'], eve: ['others'] },
    configure: (config) => ({
      ...config,
      approvals: { holdMs: HOLD_MS },
      roles: {
        ...config.roles,
        approver: [
          { issuer: 'provider', group: 'approvers' },
          { issuer: 'provider', group: 'others' },
        ],
      },
    }),
  });
  desk = new Desk(site);
});
after(() => site?.stop());

/** Makes a ConfigMap, past the gateway. */
async function given(name: string, tone = 'warm'): Promise<void> {
  const made = await site.lab('lab').admin.request('POST', CONFIG_MAPS, { metadata: { name }, data: { tone } });
  assert.equal(made.status, 201);
}

async function isThere(name: string): Promise<boolean> {
  return (await site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/${name}`)).status === 200;
}

const actionOf = (name: string) => `delete configmaps ${name} in namespace demo`;

/** A kubectl that deletes a ConfigMap, and the approval that it waits for. */
async function deleting(name: string) {
  const kubectl = await site.as('worker').startKubectl('delete', 'configmap', name);
  return { kubectl, approval: await desk.waiting(actionOf(name)) };
}

/** Audit ids of what the API server was asked to delete, but for dry runs. */
async function deletes(name: string): Promise<readonly string[]> {
  const own = (await site.audit('lab')).filter(({ verb, objectRef }) => verb === 'delete' && objectRef?.name === name);
  const meant = own.filter(({ requestURI }) => !requestURI.includes('dryRun=All'));
  return [...new Set(meant.map(({ auditID }) => auditID))];
}

/** Types of the records of an approval and of the exchange that used it, in order. */
async function story(id: string): Promise<readonly string[]> {
  return storyOf(
    await desk.find(id),
    (await site.records()).map(({ record }) => record),
  );
}

test('a delete waits, a person sees what it would do and approves, and the same kubectl goes on to its end', async () => {
  await given('approved');
  const { kubectl, approval } = await deleting('approved');
  assert.equal(await isThere('approved'), true);
  const shown = await desk.show('grace', approval.id);
  assert.match(shown, /REQUEST {2}delete configmaps approved in namespace demo on cluster lab/);
  assert.match(shown, /AGENT {4}worker, of ada@example.com/);
  assert.match(shown, /RULE {5}ask-deletes of lab, 1 of approvers: A person looks at what is deleted\./);
  assert.match(await desk.says('grace', 'approve', approval.id, '--reason', 'it is not used'), /is approved/);
  assert.equal(await kubectl.exited, 0, kubectl.output);
  assert.match(kubectl.output, /configmap "approved" deleted/);
  assert.equal((await deletes('approved')).length, 1);
  assert.deepEqual(await story(approval.id), [
    'approval.asked',
    'approval.approved',
    'approval.used',
    'intent',
    'outcome',
  ]);
});

test('who is denied is told why, and nothing is done', async () => {
  await given('denied');
  const { kubectl, approval } = await deleting('denied');
  await desk.says('grace', 'deny', approval.id, '--reason', 'the shop needs it; empty it instead\u001b[2J\u202e');
  assert.equal(await kubectl.exited, 1);
  assert.match(kubectl.output, /\\u\{1b\}\[2J\\u\{202e\}/, 'a reason does nothing to a terminal');
  assert.match(kubectl.output, /the shop needs it; empty it instead/);
  assert.equal(await isThere('denied'), true);
  const late = await desk.say('alan', 'approve', approval.id);
  assert.equal(late.code, 1);
  assert.match(late.stderr, /Too late/);
  assert.deepEqual(await story(approval.id), ['approval.asked', 'approval.denied', 'refusal', 'refusal']);
});

test('what nobody countersigns in time ends, and can be asked for anew', async () => {
  await given('brief');
  const { code, stderr } = await site.as('worker').kubectl('delete', 'configmap', 'brief');
  assert.equal(code, 1);
  const [, id = ''] = /nobody countersigned approval (\S+) in time/.exec(stderr) ?? assert.fail(stderr);
  assert.equal((await desk.find(id)).state, 'expired');
  const { json } = await tryToDelete('brief', 'none');
  assert.notEqual(causes(json).approval, id);
});

async function tryToDelete(name: string, wait?: string): Promise<Answer> {
  const headers = wait === undefined ? {} : { 'countersign-wait': wait };
  return site.as('worker').call('DELETE', `${CONFIG_MAPS}/${name}`, { headers });
}

/** The machine-readable causes of a Status, each as its published schema says. */
function causes(status: { details: { causes: { reason: string }[] } }): Record<string, string> {
  const own = status.details.causes.filter(({ reason }) => reason === 'approval-required');
  return Object.fromEntries(own.map((one) => ApprovalCause.parse(one)).map(({ field, message }) => [field, message]));
}

test('who does not want to wait is told the id at once, and goes through once somebody approved', async () => {
  await given('later');
  const refused = await tryToDelete('later', 'none');
  assert.equal(refused.status, 403);
  const { approval = '', ...others } = causes(refused.json);
  const { expiresAt } = await desk.find(approval);
  const rules = 'lab/ask-deletes';
  assert.deepEqual(others, { state: 'pending', approvers: 'approvers', rules, retry: 'same-request', expiresAt });
  assert.match(refused.json.message, new RegExp(`countersign approvals approve ${approval}`));
  assert.equal(causes((await tryToDelete('later', 'none')).json).approval, approval);
  await desk.says('grace', 'approve', approval);
  assert.equal((await tryToDelete('later', 'none')).status, 200);
  assert.equal((await deletes('later')).length, 1);
  assert.equal((await tryToDelete('later', 'sometimes')).status, 400);
});

test('an agent that has asked people for enough is refused before anything is asked of the cluster', async () => {
  await site.configure((config) => ({ ...config, approvals: { holdMs: HOLD_MS, maxOpenOfAgent: 1 } }));
  let tries = 0;
  const isRefused = async (name: string) => {
    await given(name);
    const { status, json } = await tryToDelete(name, 'none');
    return status === 429 && json.details.causes[0].reason === 'ERR_APPROVAL_TOO_MANY';
  };
  // Whether that is in force shows by a name that nobody has been asked about; each before leaves an approval open.
  await eventually('the agent has asked for enough', () => isRefused(`over-${++tries}`), 500);
  assert.ok(await isRefused('over'));
  assert.deepEqual(
    (await site.audit('lab')).filter(({ objectRef }) => objectRef?.name === 'over'),
    [],
  );
  await hold(HOLD_MS);
  await eventually('there is room again', async () => causes((await tryToDelete('over', 'none')).json).approval);
});

async function hold(holdMs: number): Promise<void> {
  await site.configure((config) => ({ ...config, approvals: { holdMs } }));
}

test('a kubectl that was told to come back joins its approval', async () => {
  for (const name of ['slow', 'probe']) await given(name);
  await hold(500);
  assert.equal((await tryToDelete('probe')).status, 429, 'the configuration is in force, or it was held as before');
  const { kubectl, approval } = await deleting('slow');
  const record = await eventually('it was told to come back', async () =>
    (await site.records()).find(
      ({ record: one }) => one.type === 'refusal' && one.approval === approval.id && one.status === 429,
    ),
  );
  assert.equal('fault' in record.record && record.record.fault, 'ERR_APPROVAL_PENDING');
  await hold(HOLD_MS);
  await desk.says('grace', 'approve', approval.id);
  assert.equal(await kubectl.exited, 0, kubectl.output);
  assert.equal((await deletes('slow')).length, 1);
  assert.equal((await desk.list('operator', '--all')).filter(({ action }) => action === actionOf('slow')).length, 1);
});

test('an approval outlives a caller that went away, and nothing is done until it comes back', async () => {
  await given('left');
  const { kubectl, approval } = await deleting('left');
  await kubectl.kill();
  await eventually('the gateway knows that it is gone', async () =>
    (await site.records()).some(({ record }) => record.type === 'refusal' && record.fault === 'ERR_CALLER_GONE'),
  );
  await desk.says('grace', 'approve', approval.id);
  assert.equal(await isThere('left'), true);
  assert.equal((await site.as('worker').kubectl('delete', 'configmap', 'left')).code, 0);
  assert.equal((await desk.find(approval.id)).state, 'used');
});

test('of two that wait for one approval, one goes on', async () => {
  await given('twice');
  const both = [tryToDelete('twice'), tryToDelete('twice')];
  const approval = await desk.waiting(actionOf('twice'));
  await desk.says('grace', 'approve', approval.id);
  const answers = await Promise.all(both);
  const statuses = answers.map(({ status }) => status).sort();
  assert.equal(statuses[0], 200);
  assert.ok([404, 409].includes(statuses[1] ?? 0), `${statuses}`);
  assert.equal((await deletes('twice')).length, 1);
});

test('what has changed since it was approved is not done', async () => {
  await given('moved');
  const refused = await tryToDelete('moved', 'none');
  const { approval = '' } = causes(refused.json);
  const waiting = tryToDelete('moved');
  await eventually('it waits too', async () => (await desk.find(approval)).state === 'pending');
  const patch = { data: { tone: 'cold' } };
  await site.lab('lab').admin.request('PATCH', `${CONFIG_MAPS}/moved`, patch, 'application/merge-patch+json');
  await desk.says('grace', 'approve', approval);
  const answer = await waiting;
  // Whichever came first: it waited and looks again, or it is another request by now.
  assert.ok([409, 429].includes(answer.status), answer.text);
  assert.equal(await isThere('moved'), true);
  assert.equal((await deletes('moved')).length, 0);
});

test('who may not countersign is refused, on record: outside the group, twice, the owner, another digest', async () => {
  await given('precious');
  const { approval = '' } = causes((await tryToDelete('precious', 'none')).json);
  const refusals = async (person: string, ...more: readonly string[]) => {
    const { code, stderr } = await desk.say(person, 'approve', approval, ...more);
    assert.equal(code, 1, stderr);
    return stderr;
  };
  assert.match(await refusals('eve'), /Not here/);
  assert.match(await refusals('operator'), /Not your group/);
  assert.match(await refusals('ada'), /Not your own/);
  assert.match(await refusals('grace', '--digest', '0'.repeat(64)), /Something else/);
  assert.match(await desk.says('grace', 'approve', approval), /still missing: 1 of approvers/);
  assert.match(await refusals('grace'), /Once each/);
  assert.equal((await tryToDelete('precious', 'none')).status, 403);
  await desk.says('alan', 'approve', approval);
  assert.equal((await tryToDelete('precious', 'none')).status, 200);
  const faults = (await desk.records(approval)).flatMap((record) => (record.type === 'refusal' ? [record.fault] : []));
  assert.deepEqual(
    faults.filter((fault) => fault !== 'ERR_APPROVAL_REQUIRED'),
    ['ERR_APPROVAL_GROUP', 'ERR_APPROVAL_OWNER', 'ERR_APPROVAL_DIGEST', 'ERR_APPROVAL_TWICE'],
  );
});

test('what can not be shown whole is countersigned only by who says so, and nothing unseen by a script', async () => {
  await given('padded', 'warm '.repeat(500));
  const { approval = '' } = causes((await tryToDelete('padded', 'none')).json);
  assert.match(await desk.show('grace', approval), /… 1 more: not shown, or not to its end/);
  const blind = await desk.say('grace', 'approve', approval);
  assert.equal(blind.code, 1);
  assert.match(blind.stderr, /More than you saw/);
  const unread = await desk.sayUnread('grace', 'approve', approval);
  assert.equal(unread.code, 3);
  assert.match(unread.stderr, /say what you saw with --digest/);
  await desk.says('grace', 'approve', approval, '--unseen', '1');
  assert.equal((await tryToDelete('padded', 'none')).status, 200);
});

test('for whom it is asked can not countersign it', async () => {
  await given('selfish');
  // Grace lets the agent act for her, and then would countersign what it asks.
  const token = await site.provider.forge('grace', ({ claims }) => ({ claims: { ...claims, act: { sub: 'worker' } } }));
  const headers = { 'countersign-wait': 'none' };
  const refused = await site.as('worker').call('DELETE', `${CONFIG_MAPS}/selfish`, { headers, token });
  const { approval = '' } = causes(refused.json);
  const { code, stderr } = await desk.say('grace', 'approve', approval);
  assert.equal(code, 1);
  assert.match(stderr, /Not your own/);
  const faults = (await desk.records(approval)).flatMap((record) => (record.type === 'refusal' ? [record.fault] : []));
  assert.deepEqual(faults, ['ERR_APPROVAL_REQUIRED', 'ERR_APPROVAL_SELF']);
  // Another person for whom the agent acts is another request.
  assert.notEqual(causes((await tryToDelete('selfish', 'none')).json).approval, approval);
  // By that token it is the agent that looks, at what it has asked for itself, and says nothing of it.
  const withAct = await fetchAs(token, approval);
  assert.deepEqual([withAct.status, withAct.json.agent], [200, 'worker']);
  const body = { digest: withAct.json.digest };
  assert.equal((await fetchAs(token, approval, { verb: 'approve', body })).status, 403);
});

/** An approval, asked for at the control API with a token of any kind, or something said of it. */
async function fetchAs(token: string, approval: string, said?: { readonly verb: string; readonly body: object }) {
  const ca = await readFile(site.caFile, 'utf8');
  const url = `${site.control}/api/v1/approvals/${approval}`;
  const headers = { authorization: `Bearer ${token}` };
  return said
    ? call({ method: 'POST', url: `${url}/${said.verb}`, ca, headers, body: JSON.stringify(said.body) })
    : call({ method: 'GET', url, ca, headers });
}

test('who can not be told from the owner can not countersign either', async () => {
  await given('unclear');
  const { approval = '' } = causes((await tryToDelete('unclear', 'none')).json);
  const { digest } = await desk.find(approval);
  const nameless = await site.provider.forge('grace', () => ({ claims: { email: undefined } }));
  const refused = await fetchAs(nameless, approval, { verb: 'approve', body: { digest } });
  assert.deepEqual([refused.status, refused.json.code], [403, 'ERR_APPROVAL_OWNER_UNCLEAR']);
  const named = await site.provider.token('grace');
  assert.equal((await fetchAs(named, approval, { verb: 'approve', body: { digest } })).status, 200);
});

test('a lock ends what waits within a second, and policy that denies ends it too', async () => {
  await given('locked');
  const { kubectl, approval } = await deleting('locked');
  const operator = await site.file('operator', await site.provider.token('operator'));
  const control = ['--control', site.control, '--ca', site.caFile, '--token-file', operator];
  await countersign('lock', 'agent', 'worker', ...control);
  assert.equal(await kubectl.exited, 1);
  assert.match(kubectl.output, /a lock is on this agent/);
  await countersign('lock', 'agent', 'worker', '--off', ...control);
  assert.equal((await desk.find(approval.id)).state, 'pending');

  const again = await site.as('worker').startKubectl('delete', 'configmap', 'locked');
  await site.writePolicies('lab', DENYING);
  assert.equal(await again.exited, 1);
  assert.match(again.output, /Not this week\./);
  assert.equal(await isThere('locked'), true);
  await site.writePolicies('lab', ASKING);
  await eventually('policy asks again', async () => causes((await tryToDelete('locked', 'none')).json).approval);
});

test('an approval that was pending when the gateway stopped is there again', async () => {
  await given('restarted');
  const { kubectl, approval } = await deleting('restarted');
  await site.gateway.stop();
  await site.startGateway();
  await site.hasConnectors('lab', 1);
  await desk.says('grace', 'approve', approval.id);
  await kubectl.exited;
  if (await isThere('restarted')) {
    assert.equal((await site.as('worker').kubectl('delete', 'configmap', 'restarted')).code, 0);
  }
  assert.equal((await desk.find(approval.id)).state, 'used');
  assert.equal((await deletes('restarted')).length, 1);
});

test('both logs tell of the same requests', async () => {
  const { both } = await assertJoined(site, ['lab']);
  assert.ok(both > 20);
});
