// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import type { ApprovalView } from '@countersign/wire';
import { Approver } from './approvals/approver.ts';
import { storyOf } from './approvals/story-of.ts';
import { assertJoined } from './installation/assert-joined.ts';
import type { AuditEvent } from './installation/audit-events.ts';
import type { Answer } from './installation/call.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
/** Eight requests of an agent wait at once, and no more: 216 of them all. */
const AGENTS = Array.from({ length: 27 }, (_, number) => `worker-${number}`);
const PEOPLE = ['grace', 'alan', 'mary'] as const;
const APPROVED = 200;
const DENIED = 16;
const GONE = 16;
/** Of so many approvals one is countersigned by two people at the same time. */
const TWO_AT_ONCE_EVERY = 10;
/** So many ask at once, that all of them soon wait. */
const BATCH = 36;
/** Callers are told to come back, some while others are being answered. */
const HOLD_MS = 20_000;
const PATIENCE_MS = 120_000;

const POLICIES = `
@id("works-in-demo")
permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");

@id("ask-patches")
@approval("approvers")
forbid (principal is Agent, action == Action::"patch", resource);
`;

/** A request of an object and a value that no other has. */
interface Wish {
  readonly name: string;
  readonly value: string;
  readonly agent: string;
  readonly fate: 'approved' | 'denied' | 'gone';
}

interface Said {
  readonly wish: Wish;
  readonly approval: ApprovalView;
  readonly by: string;
}

let site: Installation;
let people: readonly Approver[];

before(async () => {
  const clusters = { lab: ['countersign:workers'] };
  site = await startInstallation({
    clusters: { lab: { policies: POLICIES } },
    agents: Object.fromEntries(AGENTS.map((agent) => [agent, { clusters }])),
    people: Object.fromEntries(PEOPLE.map((person) => [person, ['approvers']])),
    configure: (config) => ({
      ...config,
      approvals: { holdMs: HOLD_MS },
      listeners: { ...config.listeners, data: { ...config.listeners.data, maxUnknownPerSource: 1_000 } },
      roles: { ...config.roles, approver: [{ issuer: 'provider', group: 'approvers' }] },
    }),
  });
  people = await Promise.all(PEOPLE.map((person) => Approver.of(site, person)));
});
after(() => site?.stop());

/** Wishes by their fates, of all agents in turn. */
function wishesOf(fates: readonly Wish['fate'][]): Wish[] {
  return fates.map((fate, number) => {
    const name = `${fate}-${number}`;
    return { name, value: `value of ${name}`, agent: AGENTS[number % AGENTS.length] as string, fate };
  });
}

function shuffled<T>(items: readonly T[]): T[] {
  const drawn = items.map((item) => ({ item, at: Math.random() }));
  return drawn.sort((one, other) => one.at - other.at).map(({ item }) => item);
}

/** A promise that is awaited later, and may fail before. */
function keptPromise<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Sends a request, and again whenever it is told to come back, until that is answered. */
async function persist({ name, value, agent }: Wish, onToldToComeBack: () => void, signal?: AbortSignal) {
  const options = { body: { data: { value } }, contentType: 'application/merge-patch+json' };
  for (;;) {
    const request = { ...options, signal, timeoutMs: PATIENCE_MS };
    const answer = await site.as(agent).call('PATCH', `${CONFIG_MAPS}/${name}`, request);
    if (answer.status !== 429) return answer;
    assert.match(answer.text, /"ERR_APPROVAL_PENDING"/);
    onToldToComeBack();
  }
}

/** The approvals of requests, each found by its object, once all of them wait. */
function waiting(wishes: readonly Wish[]): Promise<ReadonlyMap<Wish, ApprovalView>> {
  const [grace] = people;
  return eventually(`${wishes.length} requests wait`, async () => {
    const open = Map.groupBy((await grace?.list('open')) ?? [], ({ action }) => action);
    const found = wishes.map((wish) => [wish, open.get(`patch configmaps ${wish.name} in namespace demo`)] as const);
    if (found.some(([, approvals]) => approvals === undefined)) return undefined;
    return new Map(found.map(([wish, approvals]) => [wish, approvals?.[0] as ApprovalView]));
  });
}

/** Callers that ask and go away while they wait. */
async function askAndLeave(wishes: readonly Wish[]): Promise<ReadonlyMap<Wish, ApprovalView>> {
  const leaving = new AbortController();
  const asked = wishes.map((wish) => persist(wish, () => {}, leaving.signal));
  const approvals = await waiting(wishes);
  leaving.abort();
  const left = await Promise.allSettled(asked);
  assert.ok(left.every(({ status }) => status === 'rejected'));
  await eventually('the gateway knows that they are gone', async () => {
    const gone = (await records()).filter((record) => record.type === 'refusal' && record.fault === 'ERR_CALLER_GONE');
    return gone.length === wishes.length;
  });
  return approvals;
}

/** Says yes or no to one, as two people at once now and then, of whom one counts. */
async function answer([wish, approval]: readonly [Wish, ApprovalView], number: number): Promise<Said> {
  const count = number % TWO_AT_ONCE_EVERY === 0 ? 2 : 1;
  const sayers = shuffled(people).slice(0, count);
  const verb = wish.fate === 'denied' ? 'deny' : 'approve';
  const answers = await Promise.all(sayers.map((person) => person.say(verb, approval, `not ${wish.name}`)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), count === 2 ? [200, 409] : [200]);
  const counted = answers.findIndex(({ status }) => status === 200);
  return { wish, approval, by: sayers[counted]?.name ?? '' };
}

/** Goes through the approvals in random order, six at a time. */
async function answerAll(approvals: Iterable<readonly [Wish, ApprovalView]>): Promise<Said[]> {
  const left = shuffled([...approvals]).entries();
  const said: Said[] = [];
  const work = async () => {
    for (const [number, one] of left) said.push(await answer(one, number));
  };
  await Promise.all(Array.from({ length: 2 * people.length }, work));
  return said;
}

async function records(): Promise<Leaf[]> {
  return (await site.records()).map(({ record }) => record);
}

/** Of a person who was the second to answer. */
function isTooLate(record: Leaf): boolean {
  return record.type === 'refusal' && record.fault === 'ERR_APPROVAL_STATE';
}

/** What the API server was asked to write, but for dry runs: by object, the id and the agent of each request. */
async function writes(): Promise<ReadonlyMap<string, readonly string[]>> {
  const events = (await site.audit('lab')).filter(
    ({ verb, requestURI }) => verb === 'patch' && !requestURI.includes('dryRun=All'),
  );
  const byObject = Map.groupBy(events, ({ objectRef }) => objectRef?.name ?? '');
  // Of a request that has just come in, its user alone is known.
  const who = (own: readonly AuditEvent[]) => own.find((event) => event.impersonatedUser)?.impersonatedUser?.username;
  const requests = (own: readonly AuditEvent[]) =>
    [...Map.groupBy(own, ({ auditID }) => auditID)].map(([id, events]) => `${id} ${who(events)}`);
  return new Map([...byObject].map(([name, own]) => [name, requests(own)]));
}

const STORIES = {
  approved: ['approval.asked', 'approval.approved', 'approval.used', 'intent', 'outcome'],
  denied: ['approval.asked', 'approval.denied', 'refusal'],
  gone: ['approval.asked', 'approval.approved'],
} as const;

/** What there is of one request in the end. */
interface Ended {
  readonly view: ApprovalView;
  readonly log: readonly Leaf[];
  readonly writes: readonly string[] | undefined;
  /** What its caller was told, unless that had gone. */
  readonly told: Answer | undefined;
}

/** That it is on record in order, as of who asked and who answered. */
function assertAttributed({ wish: { name, agent, fate }, by }: Said, { view, log }: Ended): void {
  assert.equal(view.agent, agent, name);
  const sayers = [...view.signatures, ...(view.endedBy ? [view.endedBy] : [])].map((one) => one.by.subject);
  assert.deepEqual(sayers, [by], name);
  assert.deepEqual(storyOf(view, log), STORIES[fate], name);
  const own = log.filter((record) => 'approval' in record && record.approval === view.id);
  const signers = own.flatMap((record) => ('by' in record && record.by !== undefined ? [record.by] : []));
  assert.deepEqual(signers, [by], name);
  const askers = own.flatMap((record) => ('principal' in record ? (record.principal?.id ?? []) : []));
  assert.deepEqual(new Set(askers), new Set([agent]), name);
}

/** That what was approved was written once, by its agent and under its own request id, and nothing else at all. */
async function assertWritten({ name, value, agent, fate }: Wish, { view, writes, told }: Ended): Promise<void> {
  const { body } = await site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/${name}`);
  if (fate === 'approved') {
    assert.deepEqual(writes, [`${view.usedBy} countersign:agent:${agent}`], name);
    assert.equal(body.data.value, value);
    assert.deepEqual([told?.status, told?.id, told?.json.data.value], [200, view.usedBy, value], name);
    return;
  }
  assert.equal(writes, undefined, name);
  assert.equal(body.data.value, 'as it was', name);
  if (fate === 'denied') assert.match(told?.text ?? '', new RegExp(`not ${name};`));
}

test('200 that wait at once are approved in random order: each is done once, and as its own', async (t) => {
  const gone = wishesOf(Array(GONE).fill('gone'));
  const held = wishesOf(shuffled([...Array(APPROVED).fill('approved'), ...Array(DENIED).fill('denied')]));
  for (const { name } of [...gone, ...held]) {
    const made = { metadata: { name }, data: { value: 'as it was' } };
    assert.equal((await site.lab('lab').admin.request('POST', CONFIG_MAPS, made)).status, 201);
  }
  const approvals = new Map(await askAndLeave(gone));
  const asked = new Map<Wish, Promise<Answer>>();
  let comebacks = 0;
  for (let at = 0; at < held.length; at += BATCH) {
    const batch = held.slice(at, at + BATCH);
    for (const wish of batch) asked.set(wish, keptPromise(persist(wish, () => (comebacks += 1))));
    for (const [wish, approval] of await waiting(batch)) approvals.set(wish, approval);
  }
  await eventually('some have been told to come back', () => comebacks > 0);
  const said = await answerAll(approvals);
  await Promise.all(asked.values());
  t.diagnostic(`${held.length} callers were told to come back ${comebacks} times`);

  const ended = new Map((await (people[0] as Approver).list('all')).map((one) => [one.id, one]));
  assert.equal(ended.size, approvals.size, 'an approval for each request');
  const [all, written] = [await records(), await writes()];
  const log = all.filter((record) => !isTooLate(record));
  assert.equal(all.length - log.length, Math.ceil(said.length / TWO_AT_ONCE_EVERY));
  assert.equal(log.filter(({ type }) => type === 'intent').length, APPROVED);
  for (const one of said) {
    const view = ended.get(one.approval.id) as ApprovalView;
    const what = { view, log, writes: written.get(one.wish.name), told: await asked.get(one.wish) };
    assertAttributed(one, what);
    await assertWritten(one.wish, what);
  }
  await assertJoined(site, ['lab']);
  const { dir, trust } = site.evidence;
  assert.match(await countersign('evidence', 'verify', dir, '--trust', trust), /VERIFIED/);
});
