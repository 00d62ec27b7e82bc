// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { failSyncs, noSyncFailures } from './fixtures/fail-sync.ts';
import { mountSmallDisk, noSmallDisk, type SmallDisk } from './fixtures/small-disk.ts';
import type { OpenAnswer } from './installation/call.ts';
import { AS_MUCH_AS_THERE_IS } from './installation/config-file.ts';
import { type CommandResult, countersign, startCountersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const NAMES_THE_LOG = /the evidence log can't be written/;
const DISK_MEGABYTES = 12;

let site: Installation;
let disk: SmallDisk | undefined;

before(async () => {
  disk = noSmallDisk() === undefined ? await mountSmallDisk(DISK_MEGABYTES) : undefined;
  site = await startInstallation({
    clusters: { lab: { policies: '@id("all") permit (principal == Agent::"caller", action, resource);' } },
    agents: { caller: { clusters: { lab: ['countersign:demo'] }, limits: AS_MUCH_AS_THERE_IS } },
    configure: (config) => (disk ? { ...config, log: { ...config.log, dir: `${disk.dir}/evidence` } } : config),
  });
});
after(async () => {
  await site?.stop();
  await disk?.unmount();
});

function configMap(name: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'demo' } };
}

async function create(name: string): Promise<CommandResult> {
  const manifest = await site.file(`${name}.json`, configMap(name));
  return site.as('caller').kubectl('create', '--validate=false', '-f', manifest);
}

/** Names of ConfigMaps that the API server was asked to create, by its own audit log. */
async function createdUpstream(): Promise<readonly (string | undefined)[]> {
  const events = (await site.audit('lab')).filter(({ verb }) => verb === 'create');
  // One request has several events, of which the last may come after its answer.
  const requests = new Map(events.map((event) => [event.auditID, event]));
  return [...requests.values()].map(({ requestURI, objectRef }) => objectRef?.name ?? requestURI);
}

async function isReachable(): Promise<boolean> {
  return (await site.as('caller').call('GET', CONFIG_MAPS)).status === 200;
}

/** A create that passes, so that what does not is known to fail for the log alone. */
async function givenTraffic(name: string): Promise<OpenAnswer> {
  await eventually('the connector is back', isReachable);
  assert.equal((await create(name)).code, 0);
  const watch = await site.as('caller').open('GET', `${CONFIG_MAPS}?watch=true`);
  await watch.lines.find((line) => line.includes(name));
  return watch;
}

async function assertNothingPasses(name: string): Promise<void> {
  const before = (await createdUpstream()).length;
  const { code, stderr } = await create(name);
  assert.notEqual(code, 0);
  assert.match(stderr, NAMES_THE_LOG);
  const caller = site.as('caller');
  const answers = await Promise.all([
    caller.call('POST', CONFIG_MAPS, { body: configMap(name) }),
    caller.call('DELETE', `${CONFIG_MAPS}/settings`),
    caller.call('GET', CONFIG_MAPS),
    caller.call('GET', `${CONFIG_MAPS}?watch=true`),
    caller.call('GET', '/version'),
    caller.call('GET', CONFIG_MAPS, { token: null }),
    caller.call('GET', CONFIG_MAPS, { token: 'no.token' }),
  ]);
  for (const { status, json } of answers) {
    assert.deepEqual([status, json.kind, json.reason], [503, 'Status', 'ServiceUnavailable']);
    assert.match(json.message, NAMES_THE_LOG);
  }
  assert.equal((await createdUpstream()).length, before);
  const { admin } = site.lab('lab');
  assert.equal((await admin.request('GET', `${CONFIG_MAPS}/${name}`)).status, 404);
  assert.equal((await admin.request('GET', `${CONFIG_MAPS}/settings`)).status, 200);
}

async function assertUnready(): Promise<void> {
  const [ready, live] = await Promise.all(['readyz', 'livez'].map((path) => fetch(`${site.health}/${path}`)));
  assert.equal(ready?.status, 503);
  assert.match((await ready?.text()) ?? '', NAMES_THE_LOG);
  assert.equal(live?.status, 200);
  assert.equal(site.gateway.child.exitCode, null);
}

async function assertRecovered(name: string): Promise<void> {
  await eventually('the connector is back', isReachable);
  assert.equal((await create(name)).code, 0);
  const { dir, trust } = site.evidence;
  assert.match(await countersign('evidence', 'verify', dir, '--trust', trust), /VERIFIED/);
  const records = (await site.records()).map(({ record }) => record);
  const intents = new Set(records.flatMap((record) => (record.type === 'intent' ? [record.exchange] : [])));
  const ended = records.flatMap((record) => (record.type === 'outcome' ? [record.exchange] : []));
  assert.deepEqual([...intents].sort(), ended.sort());
}

describe('the disk fails a sync (EIO)', { skip: noSyncFailures() ?? false }, () => {
  test('kubectl is told of the log, nothing passes any more, and a restart recovers', async () => {
    const watch = await givenTraffic('before-eio');
    const syncAgain = await failSyncs(site.gateway.pid);
    const { code, stderr } = await create('during-eio');
    assert.notEqual(code, 0);
    assert.match(stderr, NAMES_THE_LOG);
    assert.equal(await watch.ended, false);
    await assertUnready();
    await syncAgain();
    await assertNothingPasses('after-eio');
    await assertUnready();
    assert.equal(await site.gateway.stop(), 1);
    await site.startGateway();
    await assertRecovered('recovered-from-eio');
  });
});

describe('the disk is full (ENOSPC)', { skip: noSmallDisk() ?? false }, () => {
  test('a warning comes first, then nothing passes until there is room and a restart', async () => {
    const watch = await givenTraffic('before-full');
    await disk?.fill(64 * 1024);
    await site.gateway.stderr.find((line) => /bytes of space left/.test(line));
    assert.equal(await site.readiness(), 200);
    assert.equal(await isReachable(), true);
    await untilRefused();
    assert.equal(await watch.ended, false);
    await assertUnready();
    await assertNothingPasses('when-full');
    assert.equal(await site.gateway.stop(), 1);
    const refused = startCountersign('gateway', '--config', site.configFile);
    assert.equal(await refused.exited, 1);
    assert.match(refused.output, /ERR_LOG_NO_SPACE/);
    await disk?.free();
    await site.startGateway();
    await assertRecovered('recovered-from-full');
    const types = (await site.records()).map(({ record }) => record.type);
    assert.ok(types.includes('audit.warn') && types.includes('audit.stopped'));
  });
});

/** Reads until the gateway can't record it any more. */
async function untilRefused(): Promise<void> {
  const caller = site.as('caller');
  for (;;) {
    const answers = await Promise.all(Array.from({ length: 16 }, () => caller.call('GET', CONFIG_MAPS)));
    const refusal = answers.find(({ status }) => status !== 200);
    if (refusal === undefined) continue;
    assert.match(refusal.json.message, NAMES_THE_LOG);
    return;
  }
}
