// SPDX-License-Identifier: Apache-2.0
// Two gateways on one PostgreSQL: what is said at one of them, about who may do anything, holds at the other.
// Runs alone: a lock at one ends what runs at the other within a second.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Connector } from '@countersign/connector';
import type { Leaf } from '@countersign/evidence';
import { stringify } from 'yaml';
import { Approver } from './approvals/approver.ts';
import { inPostgres, Replica } from './approvals/replica.ts';
import { controlFlags } from './installation/control-flags.ts';
import { countersign, runCountersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { noPostgres, Postgres } from './installation/postgres.ts';
import { startPromptConnector } from './installation/prompt-connector.ts';
import { StoreWire } from './installation/store-wire.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
/** From what was said at one gateway to what ended by it at the other, as both have it on record, on one machine. */
const WITHIN_MS = 1_000;

const POLICIES = `
@id("works-in-demo")
permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");

@id("ask-deletes")
@approval("approvers")
forbid (principal is Agent, action == Action::"delete", resource);
`;

let postgres: Postgres;
let site: Installation;
/** The one that agents ask, and the one that operators do. */
let asked: Replica;
let other: Replica;
let connector: Connector;

async function startAll(): Promise<void> {
  postgres = await Postgres.start();
  const stores = [await StoreWire.to(postgres.port), await StoreWire.to(postgres.port)] as const;
  const clusters = { lab: ['countersign:workers'] };
  site = await startInstallation({
    clusters: { lab: { policies: POLICIES } },
    agents: { worker: { clusters }, scribe: { clusters } },
    people: { grace: ['approvers'] },
    configure: (config) => ({
      ...inPostgres(config, stores[0].port),
      // The identity provider and the cluster know the scribe; the gateways are to be told of it while they run.
      agents: config.agents?.filter(({ id }) => id !== 'scribe'),
      approvals: { holdMs: 240_000 },
      roles: { ...config.roles, approver: [{ issuer: 'provider', group: 'approvers' }] },
    }),
  });
  await site.connectors.get('lab')?.stop();
  asked = await Replica.first(site, stores[0]);
  other = await Replica.another(site, 'other', stores[1]);
  const gateways = [asked, other].map(({ tunnel }) => `127.0.0.1:${tunnel.port}`);
  connector = await startPromptConnector(site, gateways);
  for (const replica of [asked, other]) await replica.hasConnector('lab');
}

async function stopAll(): Promise<void> {
  await connector?.close(0);
  await other?.stop();
  await asked?.stop();
  await site?.stop();
  await postgres?.stop();
}

/** A command of an operator at the other gateway. */
const operate = (...words: readonly string[]) => countersign(...words, ...controlFlags(other, 'operator'));

const status = async (agent = 'worker') => (await site.as(agent).call('GET', CONFIG_MAPS)).status;

const becomes = (expected: number, agent?: string) =>
  eventually(`${agent ?? 'worker'} is answered ${expected}`, async () => (await status(agent)) === expected);

/** How long after a record of the other gateway one of the asked gateway came, in milliseconds. */
async function msBetween(cause: (one: Leaf) => boolean, effect: (one: Leaf) => boolean): Promise<number> {
  const end = await eventually('its end is on record', async () => (await asked.records()).find(effect));
  const said = (await other.records()).findLast(cause) ?? assert.fail('what was said is not on record');
  return Date.parse(end.ts) - Date.parse(said.ts);
}

describe('two gateways on one PostgreSQL', { skip: noPostgres }, () => {
  before(startAll);
  after(stopAll);

  test('a lock at one ends what runs at the other within a second, and keeps out until it is lifted', async () => {
    const watch = await site.as('worker').open('GET', `${CONFIG_MAPS}?watch=true`);
    await watch.lines.find(() => true);
    await operate('lock', 'agent', 'worker');
    assert.equal(await watch.ended, false, 'it is cut, and does not end cleanly');
    const isEnd = (one: Leaf) => one.type === 'answer.end' && one.exchange === watch.id;
    const took = await msBetween((one) => one.type === 'lock', isEnd);
    assert.ok(took < WITHIN_MS, `${took} ms`);
    assert.equal(await status(), 403);
    await operate('unlock', 'agent', 'worker');
    await becomes(200);
  });

  test('what waits for a countersignature at one is not done once its agent is locked at the other', async () => {
    const made = { metadata: { name: 'held' }, data: {} };
    assert.equal((await site.lab('lab').admin.request('POST', CONFIG_MAPS, made)).status, 201);
    const deleting = site.as('worker').call('DELETE', `${CONFIG_MAPS}/held`, { timeoutMs: 60_000 });
    const grace = await Approver.of(other, 'grace');
    const approval = await eventually('it waits', async () => (await grace.list('open'))[0]);
    await operate('lock', 'agent', 'worker');
    await grace.say('approve', approval, '');
    const answer = await deleting;
    assert.deepEqual([answer.status, answer.json.details.causes[0].reason], [403, 'ERR_AGENT_LOCKED'], answer.text);
    assert.equal((await site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/held`)).status, 200);
    await operate('unlock', 'agent', 'worker');
    await becomes(200);
  });

  test('a gateway with another key of the store does not start, and says what to do', async () => {
    const dir = join(site.dir, 'stranger');
    await mkdir(dir);
    const { log, listeners, ...config } = inPostgres(site.config, postgres.port);
    const own = { gateway: 'stranger', dataDir: join(dir, 'data'), log: { ...log, dir: join(dir, 'evidence') } };
    const file = join(dir, 'gateway.yaml');
    const stranger = { ...config, ...own, listeners: { ...listeners, tunnel: { port: 0 } } };
    await writeFile(file, stringify(stranger, { aliasDuplicateObjects: false }));
    const { code, stdout, stderr } = await runCountersign('gateway', '--config', file);
    assert.notEqual(code, 0);
    assert.match(
      `${stdout}${stderr}`,
      /the gateways of this store have another key .* name one for all as store\.keyFile/,
    );
  });

  test('an agent that is registered, disabled and removed at one is that at the other', async () => {
    assert.equal(await status('scribe'), 403);
    const who = ['--owner', 'ada@example.com', '--purpose', 'Writes notes', '--subject', 'scribe'];
    const where = ['--agent-issuer', site.provider.issuer, '--cluster', 'lab=countersign:workers'];
    await operate('agents', 'register', 'scribe', ...who, ...where);
    await becomes(200, 'scribe');
    await operate('agents', 'disable', 'scribe');
    await becomes(403, 'scribe');
    await operate('agents', 'enable', 'scribe');
    await becomes(200, 'scribe');
    await operate('agents', 'remove', 'scribe');
    await becomes(403, 'scribe');
  });

  test('a connector that is locked at one loses its tunnels to both within a second, until it is unlocked', async () => {
    const opened = (await asked.records()).findLast((one) => one.type === 'connector.connected');
    assert.ok(opened?.type === 'connector.connected');
    await operate('lock', 'connector', opened.connector);
    const isEnd = (one: Leaf) => one.type === 'connector.disconnected' && one.tunnel === opened.tunnel;
    const took = await msBetween((one) => one.type === 'lock' && one.kind === 'connector', isEnd);
    assert.ok(took < WITHIN_MS, `${took} ms`);
    assert.equal(await status(), 503);
    await operate('unlock', 'connector', opened.connector);
    await becomes(200);
  });

  test('a gateway that can not ask what others have said lets nobody in, until it can', async () => {
    const watch = await site.as('worker').open('GET', `${CONFIG_MAPS}?watch=true`);
    await watch.lines.find(() => true);
    void asked.store.catch(() => true, 'statement');
    assert.equal(await watch.ended, false);
    const { status: told, json } = await site.as('worker').call('GET', CONFIG_MAPS);
    assert.deepEqual([told, json.details.causes[0].reason], [503, 'ERR_STORE_UNAVAILABLE']);
    asked.store.release();
    const isEnd = (one: Leaf) => one.type === 'answer.end' && one.exchange === watch.id;
    const end = await eventually('its end is on record', async () => (await asked.records()).find(isEnd));
    assert.equal(end.type === 'answer.end' && end.reason, 'ERR_STORE_UNAVAILABLE');
    await becomes(200);
  });

  test('both logs are whole', async () => {
    for (const replica of [asked, other]) assert.match(await replica.verify(), /VERIFIED/);
  });
});
