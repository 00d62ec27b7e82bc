// SPDX-License-Identifier: Apache-2.0
// Runs alone: an agent that is locked out is so within a second.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertJoined } from './installation/assert-joined.ts';
import { controlFlags } from './installation/control-flags.ts';
import { countersign, runCountersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const CLUSTERS = { lab: ['countersign:readers'] };

let site: Installation;

before(async () => {
  site = await startInstallation({
    clusters: { lab: { policies: '@id("reads") permit (principal is Agent, action in Action::"read", resource);' } },
    agents: { declared: { clusters: CLUSTERS }, scribe: { clusters: CLUSTERS } },
    // The identity provider and the cluster know the scribe; the gateway is to be told of it while it runs.
    configure: (config) => ({ ...config, agents: config.agents?.filter(({ id }) => id !== 'scribe') }),
  });
});
after(() => site?.stop());

const agents = (...args: readonly string[]) => ['agents', ...args, ...controlFlags(site, 'operator')];

const statusOf = async () => (await site.as('scribe').call('GET', CONFIG_MAPS)).status;

test('an agent is let in while the gateway runs, kept over a restart, disabled with what it has under way, and removed', async () => {
  assert.equal(await statusOf(), 403);
  const who = ['--owner', 'ada@example.com', '--purpose', 'Writes notes', '--subject', 'scribe'];
  const where = ['--agent-issuer', site.provider.issuer, '--cluster', 'lab=countersign:readers'];
  assert.equal(await countersign(...agents('register', 'scribe', ...who, ...where)), 'agent scribe is registered');
  const { code, stdout } = await site.as('scribe').kubectl('get', 'configmaps', '-n', 'demo', '-o', 'name');
  assert.deepEqual([code, stdout.includes('configmap/settings')], [0, true]);

  await site.gateway.stop();
  await site.startGateway();
  await site.hasConnectors('lab', 1);
  assert.equal(await statusOf(), 200);

  const watch = await site.as('scribe').open('GET', `${CONFIG_MAPS}?watch=true`);
  await watch.lines.find(() => true);
  assert.equal(await countersign(...agents('disable', 'scribe')), 'agent scribe is disabled');
  assert.equal(await watch.ended, false, 'it is cut, and does not end cleanly');
  const end = await eventually('its end is on record', async () =>
    (await site.records())
      .map(({ record }) => record)
      .find((record) => record.type === 'answer.end' && record.exchange === watch.id),
  );
  assert.deepEqual(end.type === 'answer.end' && [end.end, end.reason], ['cut', 'ERR_AGENT_DISABLED']);
  assert.equal(await statusOf(), 403);

  await countersign(...agents('enable', 'scribe'));
  await countersign(...agents('update', 'scribe', '--purpose', 'Reads notes'));
  assert.match(await countersign(...agents('show', 'scribe')), /purpose: +Reads notes/);
  assert.equal(await statusOf(), 200);
  await countersign(...agents('remove', 'scribe'));
  assert.equal(await statusOf(), 403);

  const told = (await site.records()).flatMap(({ record }) =>
    'agent' in record && record.agent === 'scribe' && record.type.startsWith('agent.')
      ? [[record.type, 'by' in record && record.by]]
      : [],
  );
  assert.deepEqual(
    told,
    ['registered', 'disabled', 'enabled', 'changed', 'removed'].map((what) => [`agent.${what}`, 'operator']),
  );
});

test('an agent of the configuration file stays as it is there, and what is wrong is told', async () => {
  const declared = await runCountersign(...agents('disable', 'declared'));
  assert.equal(declared.code, 1);
  assert.match(declared.stderr, /configuration file: change it there, or lock it/);
  const nobody = await runCountersign(...agents('register', 'robot', '--owner', 'ada'));
  assert.deepEqual(
    [nobody.code, nobody.stderr],
    [3, 'countersign: say who it is: --purpose, --agent-issuer, --subject'],
  );
  assert.equal((await site.as('declared').call('GET', CONFIG_MAPS)).status, 200);
});

test('agents of an owner who is gone are refused at once, wherever they are registered, until somebody else answers for them', async () => {
  const who = ['--owner', 'ada@example.com', '--purpose', 'Writes notes', '--subject', 'scribe'];
  const where = ['--agent-issuer', site.provider.issuer, '--cluster', 'lab=countersign:readers'];
  await countersign(...agents('register', 'scribe', ...who, ...where));
  const watches = await Promise.all(
    ['scribe', 'declared'].map(async (agent) => {
      const watch = await site.as(agent).open('GET', `${CONFIG_MAPS}?watch=true`);
      await watch.lines.find(() => true);
      return watch;
    }),
  );
  const owners = (...args: readonly string[]) => countersign('owners', ...args, ...controlFlags(site, 'operator'));
  assert.match(await owners('gone', 'ada@example.com', '--reason', 'left in May'), /refused: declared, scribe/);
  for (const watch of watches) assert.equal(await watch.ended, false, 'it is cut, and does not end cleanly');
  const ends = await eventually('their ends are on record', async () => {
    const records = (await site.records()).map(({ record }) => record);
    const gone = Date.parse(records.find(({ type }) => type === 'owner.gone')?.ts ?? '');
    const found = records.flatMap((record) =>
      record.type === 'answer.end' && watches.some(({ id }) => id === record.exchange)
        ? [{ reason: record.reason, ms: Date.parse(record.ts) - gone }]
        : [],
    );
    return found.length === 2 ? found : undefined;
  });
  for (const { reason, ms } of ends) {
    assert.equal(reason, 'ERR_AGENT_ORPHANED');
    assert.ok(ms < 1_000, `${ms} ms`);
  }
  const { code, stderr } = await site.as('declared').kubectl('get', 'configmaps', '-n', 'demo');
  assert.equal(code, 1);
  assert.match(stderr, /owner is gone/);
  assert.match(await owners('list'), /ada@example\.com +gone +- +declared, scribe/);

  await site.gateway.stop();
  await site.startGateway();
  await site.hasConnectors('lab', 1);
  assert.equal((await site.as('declared').call('GET', CONFIG_MAPS)).status, 403, 'it is so after a restart');
  assert.match((await runCountersign(...agents('enable', 'scribe'))).stderr, /owner is gone/);
  await countersign(...agents('update', 'scribe', '--owner', 'grace@example.com'));
  await countersign(...agents('enable', 'scribe'));
  assert.equal(await statusOf(), 200);
  await owners('back', 'ada@example.com');
  assert.equal((await site.as('declared').call('GET', CONFIG_MAPS)).status, 200);
  const told = (await site.records()).flatMap(({ record }) =>
    record.type === 'agent.disabled' && record.reason === 'orphaned' ? [record.agent] : [],
  );
  assert.deepEqual(told.sort(), ['declared', 'scribe']);
  await countersign(...agents('remove', 'scribe'));
});

test("what was let through stands in the cluster's audit log, and nothing else of these agents does", async () => {
  const { both } = await assertJoined(site, ['lab']);
  assert.ok(both > 0);
});
