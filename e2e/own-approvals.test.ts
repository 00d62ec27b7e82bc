// SPDX-License-Identifier: Apache-2.0
// What an agent sees and says of its own approvals, and its owner of their agents, by the command line and their own tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApprovalView } from '@countersign/wire';
import { Desk } from './approvals/desk.ts';
import { controlFlags } from './installation/control-flags.ts';
import { countersign, runCountersign, startCountersign } from './installation/countersign.ts';
import { type Installation, startInstallation } from './installation.ts';

const SETTINGS = '/api/v1/namespaces/demo/configmaps/settings';
const POLICIES = `
@id("works") permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");
@id("blind") forbid (principal is Agent, action in Action::"read", resource) when { principal == Agent::"blind" };
@id("ask") @approval("approvers") forbid (principal is Agent, action == Action::"patch", resource);
`;

let site: Installation;
let desk: Desk;

before(async () => {
  const clusters = { lab: ['countersign:workers'] };
  site = await startInstallation({
    clusters: { lab: { policies: POLICIES } },
    agents: { worker: { clusters }, blind: { clusters } },
    people: { grace: ['approvers'], ada: ['people'], eve: ['people'] },
    configure: (config) => ({
      ...config,
      roles: {
        ...config.roles,
        approver: [{ issuer: 'provider', group: 'approvers' }],
        owner: [{ issuer: 'provider', claim: 'email' }],
      },
    }),
  });
  desk = new Desk(site);
});
after(() => site?.stop());

const approvals = (who: string, ...args: readonly string[]) => ['approvals', ...args, ...controlFlags(site, who)];

/** What an agent asks for without waiting: the id of its approval. */
async function asked(agent: string, tone: string): Promise<string> {
  const { status, text } = await site.as(agent).call('PATCH', SETTINGS, {
    body: { data: { tone } },
    contentType: 'application/merge-patch+json',
    headers: { 'countersign-wait': 'none' },
  });
  const [, id] = /approval (\S+) waits/.exec(text) ?? [];
  assert.ok(status === 403 && id, text);
  return id;
}

async function shown(who: string, id: string): Promise<ApprovalView> {
  return JSON.parse(await countersign(...approvals(who, 'show', id, '-o', 'json')));
}

test('an agent sees what it asked for as far as it may read, says why, and takes it back', async () => {
  const [own, blind] = [await asked('worker', 'calm'), await asked('blind', 'loud')];
  const listed = await desk.list('worker');
  assert.deepEqual([listed.some(({ id }) => id === own), listed.some(({ id }) => id === blind)], [true, false]);
  assert.deepEqual(
    (await shown('worker', own)).effect.changes.map(({ path, after: value }) => [path, value]),
    [['data.tone', '"calm"']],
  );
  const unseen = await shown('blind', blind);
  assert.deepEqual([unseen.effect.changes, unseen.effect.omitted], [[], 1]);
  assert.equal((await runCountersign(...approvals('worker', 'show', blind))).code, 1);

  await countersign(...approvals('worker', 'reason', own, 'the shop asked for it'));
  assert.match(await desk.show('grace', own), /^SAYS {5}the shop asked for it$/m);
  assert.match(await desk.says('worker', 'withdraw', own, '--reason', 'no need'), /is withdrawn/);
  const late = await desk.say('grace', 'approve', own);
  assert.deepEqual([late.code, /Too late/.test(late.stderr)], [1, true]);
  const types = (await desk.records(own)).map(({ type }) => type).filter((type) => type !== 'approval.seen');
  assert.deepEqual(
    types.filter((type) => type.startsWith('approval.')),
    ['approval.asked', 'approval.reasoned', 'approval.withdrawn'],
  );
});

test('watching, each is told what it may see as it changes, over a restart of the gateway', async () => {
  const watches = ['worker', 'grace'].map((who) => startCountersign(...approvals(who, 'watch', '-o', 'json')));
  const [worker, grace] = watches.map(({ stdout }) => stdout);
  assert.ok(worker && grace);
  try {
    const told = (id: string, state: string) => (line: string) => {
      const view: ApprovalView = JSON.parse(line);
      return view.id === id && view.state === state;
    };
    const [own, blind] = [await asked('worker', 'quiet'), await asked('blind', 'shrill')];
    for (const id of [own, blind]) await grace.find(told(id, 'pending'));
    await worker.find(told(own, 'pending'));
    await desk.says('grace', 'deny', own, '--reason', 'no');
    for (const lines of [worker, grace]) await lines.find(told(own, 'denied'));
    await site.gateway.stop();
    await site.startGateway();
    await site.hasConnectors('lab', 1);
    const seen = (await desk.records(blind)).filter(({ type }) => type === 'approval.seen');
    assert.deepEqual(seen, [], 'watching is not looking at one');
    await desk.says('grace', 'deny', blind, '--reason', 'no');
    await grace.find(told(blind, 'denied'));
    assert.ok(worker.all.every((line) => JSON.parse(line).id !== blind));
  } finally {
    for (const watch of watches) await watch.stop();
  }
});

test('an owner sees what their agents ask for, locks one, and does no more', async () => {
  const id = await asked('worker', 'bright');
  const seen = (await desk.list('ada')).find((one) => one.id === id);
  assert.deepEqual([seen?.owner, seen?.effect.changes, seen?.effect.omitted], ['ada@example.com', [], 1]);
  const stranger = await runCountersign(...approvals('eve', 'list'));
  assert.deepEqual([stranger.code, /this API is for/.test(stranger.stderr)], [1, true]);
  assert.equal((await desk.say('ada', 'approve', id)).code, 1);
  const lock = (...args: readonly string[]) =>
    runCountersign('lock', 'agent', 'worker', ...args, ...controlFlags(site, 'ada'));
  assert.equal((await lock('--reason', 'it goes wild')).code, 0);
  assert.match((await site.as('worker').call('GET', SETTINGS)).text, /ERR_AGENT_LOCKED/);
  assert.equal((await lock('--off')).code, 1);
  assert.match((await site.as('worker').call('GET', SETTINGS)).text, /ERR_AGENT_LOCKED/);
});
