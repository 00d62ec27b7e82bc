// SPDX-License-Identifier: Apache-2.0
import { globSync } from 'node:fs';
import { report, root, runStep, type Step } from './run-step.ts';
import { runTests, type TestResult } from './test-run/run-tests.ts';
import type { Tally } from './test-run/tally.ts';

const UNIT_TESTS = ['packages/*/src/**', 'apps/*/src/**', 'lab/src/**', 'scripts/**', 'conformance/**', 'bench/**'];

/** What needs no test runner. */
const steps: readonly Step[] = [
  { name: 'types', args: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'purity of packages', args: ['tsc', '-p', 'tsconfig.pure.json'] },
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

async function runUnitTests(name: string, slow: boolean): Promise<TestResult> {
  const result = await runTests({ name, files: unitTests(slow), concurrency: 2 });
  report(result);
  return result;
}

/** What a check of a minute has no time for: processes that are killed, disks that fail, tools in other languages. */
export function runSlowTests(): Promise<TestResult> {
  return runUnitTests('slow tests', true);
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

/**
 * Everything that needs no cluster but the slow tests, each result printed as it comes. The unit tests and the other
 * steps run beside one another, as CI has two cores.
 */
export async function runCheck(): Promise<{ readonly ok: boolean; readonly tally: Tally }> {
  const [tests, stepsOk] = await Promise.all([runUnitTests('unit tests', false), runSteps()]);
  return { ok: tests.ok && stepsOk, tally: tests.tally };
}
