// SPDX-License-Identifier: Apache-2.0
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, report, root, runStep, type Step } from './run-step.ts';
import { runTests, type TestResult } from './test-run/run-tests.ts';
import type { Tally } from './test-run/tally.ts';

const UNIT_TESTS = ['packages/*/src/**', 'apps/*/src/**', 'lab/src/**', 'scripts/**', 'conformance/**', 'bench/**'];

function typesStep(name: string, project: string): Step {
  const buildInfo = join(CACHE, `${project}.tsbuildinfo`);
  return { name, args: ['tsc', '-p', project, '--incremental', '--tsBuildInfoFile', buildInfo] };
}

/** What needs no test runner. */
const steps: readonly Step[] = [
  typesStep('types', 'tsconfig.json'),
  typesStep('types of the console', 'apps/console/tsconfig.json'),
  typesStep('purity of packages', 'tsconfig.pure.json'),
  { name: 'format and lint', args: ['biome', 'ci', '--colors=off', '--error-on-warnings', '.'] },
  { name: 'promises and switches', args: ['oxlint', '--type-aware', '-c', '.oxlintrc.json'] },
  { name: 'dead code', args: ['knip', '--no-progress'] },
  { name: 'generated files', args: ['node', 'scripts/generate.ts', '--check'] },
];

/** Test files that need no cluster; those whose name says so are slow. */
function unitTests(slow: boolean): readonly string[] {
  const files = globSync(
    UNIT_TESTS.map((place) => `${place}/*.test.ts`),
    { cwd: root, exclude: ['**/node_modules/**'] },
  );
  return files.filter((file) => file.endsWith('.slow.test.ts') === slow);
}

/**
 * What a check of a minute has no time for: processes that are killed, disks that fail, tools in other languages, work that
 * is counted step by step.
 */
export async function runSlowTests(): Promise<TestResult> {
  const result = await runTests({ name: 'slow tests', files: unitTests(true), concurrency: 2 });
  report(result);
  return result;
}

/** Three processes at a time, as CI has two cores and each waits for disks and timers now and then. */
async function runUnitTests(propertyMs: number | undefined): Promise<TestResult> {
  const shared = { processes: 4, ...(propertyMs === undefined ? {} : { propertyMs }) };
  const result = await runTests({ name: 'unit tests', files: unitTests(false), concurrency: 3, shared });
  report(result);
  return result;
}

async function runSteps(): Promise<boolean> {
  let allOk = true;
  for (const step of steps) {
    const result = await runStep(step);
    report(result);
    allOk &&= result.ok;
  }
  return allOk;
}

export interface CheckLength {
  /** How long each property may go on to another run of it; without it, all are run. */
  readonly propertyMs?: number;
}

export interface CheckResult {
  readonly ok: boolean;
  readonly tally: Tally;
}

/**
 * Everything that needs no cluster but the slow tests, each result printed as it comes. The unit tests and the other
 * steps run beside one another, as CI has two cores.
 */
export async function runCheck({ propertyMs }: CheckLength = {}): Promise<CheckResult> {
  const [tests, stepsOk] = await Promise.all([runUnitTests(propertyMs), runSteps()]);
  return { ok: tests.ok && stepsOk, tally: tests.tally };
}
