// SPDX-License-Identifier: Apache-2.0
// `npm test`: all that CI runs, on a machine where nothing has run before. The programs of the lab's cluster are got
// while what needs no cluster runs; the end-to-end tests, each file with clusters of its own, follow: some files at a time,
// and then one at a time those that measure time.
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LAB_PROGRAMS, type NodeSupport, type ResolvedPrograms, resolvePrograms } from '@countersign/lab';
import { pythonClient } from '../e2e/clients/python-client.ts';
import { runCheck, runSlowTests } from './run-check.ts';
import { endStepsOnSignals, report, root, runStep } from './run-step.ts';
import { prepareMachine, printProgress } from './test-run/prepare-machine.ts';
import { runTests, type TestResult } from './test-run/run-tests.ts';
import { runsAlone } from './test-run/runs-alone.ts';
import { formatTally, sumTallies } from './test-run/tally.ts';

const run = promisify(execFile);
/** CI has two cores, and a file waits now for its cluster, now for a process that starts. */
const FILES_AT_A_TIME = 3;

const say = (text: string) => process.stdout.write(`${text}\n`);

function getPrograms(support: NodeSupport): Promise<ResolvedPrograms> {
  const names = [...LAB_PROGRAMS, 'sample-apiserver' as const].concat('unavailable' in support ? [] : 'kubelet');
  // The release's own kubectl is the newest of those that are tested.
  return resolvePrograms(names, { onProgress: printProgress(), packagedClients: false });
}

/** What the API server that the end-to-end tests start says of itself, such as `Kubernetes v1.37.2`. */
async function apiServerVersion({ paths }: ResolvedPrograms): Promise<string> {
  const { stdout } = await run(paths.get('kube-apiserver') ?? 'kube-apiserver', ['--version']);
  return stdout.trim();
}

/** What several files would build at once. */
async function buildConsole(): Promise<boolean> {
  const built = await runStep({ name: 'console', args: ['node', 'apps/console/build.ts', '--if-stale'] });
  report(built);
  return built.ok;
}

async function runEndToEnd(programs: ResolvedPrograms): Promise<TestResult> {
  const name = `end-to-end tests against kube-apiserver: ${await apiServerVersion(programs)}`;
  const isBuilt = await buildConsole();
  const files = globSync('e2e/**/*.test.ts', { cwd: root }).sort();
  const alone = files.filter((file) => runsAlone(readFileSync(join(root, file), 'utf8')));
  const beside = files.filter((file) => !alone.includes(file));
  say(`\n${name}, ${FILES_AT_A_TIME} files at a time`);
  const first = await runTests({ name, files: beside, concurrency: FILES_AT_A_TIME }, true);
  say(`\n${name}, one file at a time`);
  const second = await runTests({ name, files: alone, concurrency: 1 }, true);
  return { ...second, ok: isBuilt && first.ok && second.ok, tally: sumTallies([first.tally, second.tally]) };
}

endStepsOnSignals();
const begun = performance.now();
const support = await prepareMachine();
say('unavailable' in support ? `no real node here: ${support.unavailable}` : 'a real node can run here');

const [check, programs, python] = await Promise.all([
  runCheck(),
  getPrograms(support).catch((error: Error) => error),
  pythonClient(),
]);
if ('unavailable' in python) say(`no Python client here: ${python.unavailable}`);
if (programs instanceof Error) say(`FAIL the programs of the lab's cluster: ${programs.message}`);
const slow = await runSlowTests();
const e2e = programs instanceof Error ? undefined : await runEndToEnd(programs);

const tally = sumTallies([check.tally, slow.tally, e2e?.tally ?? { passed: 0, failed: 1, notRun: [] }]);
const nothingMissing = process.env.CI !== 'true' || tally.notRun.length === 0;
say(`\n${check.ok ? 'ok  ' : 'FAIL'} check`);
say(`${slow.ok ? 'ok  ' : 'FAIL'} slow tests`);
say(e2e?.ok ? `ok   ${e2e.name}` : `FAIL ${e2e?.name ?? 'end-to-end tests: not started'}`);
if (!nothingMissing) say('FAIL tests that were not run: with CI=true each must run');
say(`in ${((performance.now() - begun) / 60_000).toFixed(1)} min`);
process.stdout.write(formatTally(tally));
process.exitCode = check.ok && slow.ok && e2e?.ok && nothingMissing ? 0 : 1;
