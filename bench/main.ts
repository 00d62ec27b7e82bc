// SPDX-License-Identifier: Apache-2.0
// `npm run bench`: what Countersign costs, as ratios of one run.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from './bench-error.ts';
import { parseOptions, SUITE_NAMES, type SuiteName, USAGE } from './options.ts';
import { loadOverAMinute, thisMachine } from './report/machine.ts';
import { formatReport, type Report } from './report/print-report.ts';
import { formatSelfTimes, selfTimes } from './report/profile-table.ts';
import { PROFILE_NAME } from './site/site.ts';
import { besideSuite } from './suites/beside.ts';
import { bodiesSuite } from './suites/bodies.ts';
import { latencySuite } from './suites/latency.ts';
import { logSuite } from './suites/log.ts';
import { maskSuite } from './suites/mask.ts';
import { maskedListSuite } from './suites/masked-list.ts';
import { policySuite } from './suites/policy.ts';
import { portForwardSuite } from './suites/port-forward.ts';
import { streamsSuite } from './suites/streams.ts';
import { EFFORTS, type Suite, type SuiteResult } from './suites/suite.ts';
import { watchesSuite } from './suites/watches.ts';

const SUITES: Readonly<Record<SuiteName, Suite>> = {
  beside: besideSuite,
  bodies: bodiesSuite,
  latency: latencySuite,
  list: maskedListSuite,
  log: logSuite,
  mask: maskSuite,
  policy: policySuite,
  'port-forward': portForwardSuite,
  streams: streamsSuite,
  watches: watchesSuite,
};

function isGood({ suites }: Report): boolean {
  const voided = suites.some(({ rows }) => rows.some(({ result }) => result.kind === 'void'));
  return !voided && !suites.some(({ verdicts }) => verdicts.some(({ verdict }) => verdict === 'missed'));
}

/** Where the gateway's time went: its profile is there once the suite has ended its processes. */
async function profileText(profileDir: string | undefined, { profiled }: SuiteResult): Promise<string> {
  if (profileDir === undefined || profiled === undefined) return '';
  const profile = JSON.parse(await readFile(join(profileDir, PROFILE_NAME), 'utf8'));
  return `\n${formatSelfTimes(selfTimes(profile, profiled))}`;
}

/** A suite that there was no time for: that is no result, so the run has none either. */
function notRun(name: SuiteName): Report['suites'][number] {
  const result = { kind: 'void', why: 'not run, the time was up' } as const;
  return { name, rows: [{ group: `Suite ${name}`, name, unit: '', result }], notes: [], verdicts: [] };
}

/** However long a part hangs, the run ends; what it started ends with it. */
function breakOffAfter(ms: number): void {
  setTimeout(() => {
    process.stderr.write(`bench: broken off after ${Math.round(ms / 1_000)} s\n`);
    process.exit(1);
  }, ms).unref();
}

async function run(args: readonly string[]): Promise<boolean> {
  const options = parseOptions(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return true;
  }
  const started = performance.now();
  const before = loadOverAMinute();
  const suites: Report['suites'][number][] = [];
  let profiles = '';
  const effort = EFFORTS[options.effort];
  breakOffAfter(effort.limitMs * 1.5);
  for (const name of SUITE_NAMES.filter((one) => options.suites.includes(one))) {
    if (performance.now() - started > effort.limitMs) {
      suites.push(notRun(name));
      continue;
    }
    const profileDir = options.profileDir && join(options.profileDir, name);
    const result = await SUITES[name]({
      effort,
      profileDir,
      onProgress: (line: string) => process.stderr.write(`bench: ${line}\n`),
    });
    suites.push({ name, ...result });
    profiles += await profileText(profileDir, result);
  }
  const report: Report = {
    machine: thisMachine(),
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    seconds: (performance.now() - started) / 1_000,
    load: { before, after: loadOverAMinute() },
    suites,
  };
  process.stdout.write(formatReport(report) + profiles);
  if (options.jsonFile !== undefined) await writeFile(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  return isGood(report);
}

// What was started ends in the handlers of 'exit'.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`bench: ${error instanceof BenchError ? error.message : (error as Error).stack}\n`);
  process.exitCode = error instanceof BenchError && error.code === 'ERR_BENCH_USAGE' ? 3 : 1;
}
