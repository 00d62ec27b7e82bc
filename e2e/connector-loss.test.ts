// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Answer, call } from './installation/call.ts';
import { startCountersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { liveExchanges } from './installation/live-exchanges.ts';
import type { RunningProcess } from './installation/running-process.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';

let site: Installation;
let second: RunningProcess;

before(async () => {
  site = await startInstallation({
    clusters: { lab: { policies: '@id("works") permit (principal is Agent, action, resource);' } },
    agents: { worker: { clusters: { lab: ['countersign:workers'] } } },
  });
  const { tokenFile, caFile } = await site.joinToken('lab');
  second = startCountersign(
    'connector',
    ...['--gateway', `127.0.0.1:${site.config.listeners.tunnel.port}`],
    ...['--state', join(site.dir, 'connector-second'), '--kubeconfig', site.lab('lab').connectorKubeconfig],
    ...['--join-file', tokenFile, '--ca', caFile],
  );
  await second.stderr.find((line) => line.includes('"event":"connected"'));
  await site.hasConnectors('lab', 2);
});
after(async () => {
  await second?.stop();
  await site?.stop();
});

/**
 * Two requests at once while one connector stands still: they go one to each, so that after the first answer the other
 * request is with the one that is then killed, or is on its way to it.
 */
async function losing(connector: RunningProcess, calls: readonly Promise<Answer>[]): Promise<readonly Answer[]> {
  await Promise.race(calls);
  await eventually('the other is under way', async () => (await liveExchanges(site.health)) === 1);
  await connector.kill();
  return Promise.all(calls);
}

test('a read that is with a connector that dies is answered through another, and both attempts are on record', async () => {
  const first = site.connectors.get('lab');
  assert.ok(first);
  process.kill(first.pid, 'SIGSTOP');
  const list = () => site.as('worker').call('GET', CONFIG_MAPS);
  const answers = await losing(first, [list(), list()]);
  assert.deepEqual(
    answers.map(({ status, json }) => [status, json.kind]),
    [
      [200, 'ConfigMapList'],
      [200, 'ConfigMapList'],
    ],
  );
  const records = (await site.records()).map(({ record }) => record);
  const attempts = records.flatMap((record) =>
    record.type === 'upkeep' && record.purpose === 'second-attempt' ? [record] : [],
  );
  assert.equal(attempts.length, 1);
  const [attempt] = attempts;
  assert.equal(attempt?.status, 200);
  const parent = answers.find(({ id }) => id === attempt?.parent);
  assert.ok(parent);
  const audited = new Set((await site.audit('lab')).map(({ auditID }) => auditID));
  assert.ok(audited.has(String(attempt?.exchange)));
  assert.ok(!audited.has(parent.id));
});

test('a write that is with a connector that dies is never sent again', async () => {
  await site.startConnector('lab');
  await site.hasConnectors('lab', 2);
  process.kill(second.pid, 'SIGSTOP');
  const names = ['one', 'other'];
  const create = (name: string) => site.as('worker').call('POST', CONFIG_MAPS, { body: { metadata: { name } } });
  const answers = await losing(second, names.map(create));
  const lost = answers.find(({ status }) => status !== 201);
  assert.ok(lost);
  assert.deepEqual(
    [lost.status, lost.json.details.causes[0].reason, lost.headers['retry-after']],
    [502, 'ERR_UPSTREAM_LOST', undefined],
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  const told = await call({
    method: 'GET',
    url: `${site.control}/api/v1/exchanges/${lost.json.details.uid}`,
    ca: await readFile(site.caFile, 'utf8'),
    headers: { authorization: `Bearer ${await site.token('worker')}` },
  });
  assert.deepEqual([told.status, told.json.state], [200, 'unknown']);
  const records = (await site.records()).map(({ record }) => record);
  const outcome = records.find((record) => record.type === 'outcome' && record.exchange === lost.id);
  assert.ok(outcome?.type === 'outcome');
  assert.equal(outcome.result, 'unknown');
  assert.ok(records.every((record) => record.type !== 'upkeep' || record.parent !== lost.id));
  const created = (await site.audit('lab')).filter(({ verb }) => verb === 'create');
  assert.ok(created.every(({ auditID }) => auditID !== lost.id));
});

test('a list that kubectl reads in pages is whole, and a watch can begin anew, though a connector dies between', async () => {
  const { admin } = site.lab('lab');
  const names = Array.from({ length: 120 }, (_, index) => `page-${index}`);
  const filler = 'x'.repeat(4_000);
  for (const name of names) {
    const made = await admin.request('POST', CONFIG_MAPS, { metadata: { name }, data: { filler } });
    assert.equal(made.status, 201);
  }
  second = startCountersign(
    'connector',
    ...['--gateway', `127.0.0.1:${site.config.listeners.tunnel.port}`],
    ...['--state', join(site.dir, 'connector-second'), '--kubeconfig', site.lab('lab').connectorKubeconfig],
  );
  await site.hasConnectors('lab', 2);
  const worker = site.as('worker');
  const watches = await Promise.all(
    [1, 2].map(() => worker.open('GET', `${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3Dnone`)),
  );
  const listing = await worker.startKubectl('get', 'configmaps', '--chunk-size=5', '-o', 'name');
  const pages = async () =>
    (await site.audit('lab')).filter(({ requestURI }) => requestURI.includes('continue=')).length;
  await eventually('kubectl is in the middle', async () => (await pages()) > 3);
  await site.connectors.get('lab')?.kill();
  assert.equal(await listing.exited, 0, listing.output);
  const listed = new Set(listing.stdout.all);
  assert.deepEqual(
    names.filter((name) => !listed.has(`configmap/${name}`)),
    [],
  );
  assert.ok((await pages()) > names.length / 5);
  const first = await Promise.race(watches.map(async ({ ended }, index) => ({ clean: await ended, index })));
  assert.equal(first.clean, false, 'a watch that was lost does not end as if it were over');
  const again = await worker.open('GET', `${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3Dsettings`);
  await again.lines.find((line) => line.includes('"settings"'));
  for (const { close } of [...watches, again]) close();
});
