// SPDX-License-Identifier: Apache-2.0
// `npm start` a second time, as after Ctrl-C or on the next day: it goes on with what the first one left.
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runKubectl } from './fixtures/kubectl.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { leftovers, RunningUp } from './installation/running-up.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let dir: string;
before(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'countersign-later-start-')));
});
after(() => rm(dir, { recursive: true, force: true }));

const npmStart = () => RunningUp.start('npm', ['start', '--silent', '--', '-o', 'json', '--dir', dir], ROOT);

/** What a first start may have to do, and no later one. */
const GETTING: readonly unknown[] = ['packages', 'download', 'build'];

async function assertReads({ ready }: RunningUp): Promise<void> {
  const kubectl = join(dir, 'bin', 'kubectl');
  const answer = await runKubectl(kubectl, ready.kubeconfigs.agent, ['get', 'configmap', 'settings', '-o', 'name']);
  assert.deepEqual(answer, { code: 0, stdout: 'configmap/settings\n', stderr: '' });
}

/** That the console answers, and sends whoever logs in to the identity provider. */
async function assertConsole({ events, ready }: RunningUp): Promise<void> {
  assert.match(ready.console, /^http:\/\/localhost:\d+$/);
  const page = await fetch(ready.console, { headers: { accept: 'text/html' } });
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<title>/);
  const begun = await fetch(`${ready.console}/auth/login`, { redirect: 'manual' });
  const issuer = events.find(({ event }) => event === 'gateway')?.issuer;
  assert.ok(begun.headers.get('location')?.startsWith(`${issuer}/auth?`), String(begun.status));
}

/** Ctrl-C, which npm itself takes as its end: what it started may outlive it by a moment. */
async function endAll(running: RunningUp): Promise<void> {
  await running.stop();
  await eventually('nothing of it runs or is mounted', async () => (await leftovers(dir)).length === 0);
}

test('it gets and builds nothing, and goes on with the log, the policies and the kubeconfig', async (context) => {
  await using first = await npmStart();
  const kinds = first.events.map(({ event }) => event).filter((event) => event === 'gateway' || event === 'progress');
  assert.equal(kinds[0], 'gateway', 'it waits for no part of the cluster');
  await assertReads(first);
  const policy = join(dir, 'policies', 'clusters', 'lab', 'reporter.cedar');
  await appendFile(policy, '\n// Their own by now.\n');
  await endAll(first);

  const begun = performance.now();
  await using later = await npmStart();
  context.diagnostic(`ready after ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  assert.equal(later.complaints, '');
  const steps = later.events.filter(({ event }) => event === 'progress');
  assert.ok(steps.some(({ phase }) => phase === 'start'));
  assert.deepEqual(
    steps.filter(({ phase }) => GETTING.includes(phase)),
    [],
  );
  assert.deepEqual([later.ready.kubeconfigs, later.ready.evidence], [first.ready.kubeconfigs, first.ready.evidence]);
  await assertConsole(later);
  assert.match(await readFile(policy, 'utf8'), /Their own by now/);
  await assertReads(later);
  await endAll(later);

  const { dir: log, trust } = later.ready.evidence;
  await countersign('evidence', 'verify', log, '--trust', trust);
  const openings = await countersign('evidence', 'list', log, '--type', 'log.opened', '-o', 'json');
  assert.equal(openings.split('\n').length, 2);
});
