// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runStep, type StepResult } from '../run-step.ts';
import type { Tally } from './tally.ts';

/** Test files that run together. */
export interface TestGroup {
  readonly name: string;
  /** Paths from the root of the repository; at least one. */
  readonly files: readonly string[];
  /** How many files run at a time, each in a process of its own. */
  readonly concurrency: number;
}

export interface TestResult extends StepResult {
  readonly tally: Tally;
}

const REPORTER = fileURLToPath(new URL('./tally-reporter.ts', import.meta.url));

/** A run that ended without a tally, or badly in spite of one, has failed once more than its tally says. */
function readTally(file: string, ok: boolean): Tally {
  let tally: Tally = { passed: 0, failed: 0, notRun: [] };
  try {
    tally = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { ...tally, failed: 1 };
  }
  return ok || tally.failed > 0 ? tally : { ...tally, failed: 1 };
}

/** Runs a group by node's test runner; `live` as in `runStep`. */
export async function runTests({ name, files, concurrency }: TestGroup, live = false): Promise<TestResult> {
  if (files.length === 0) {
    return { name, ok: false, seconds: 0, output: 'no test files', tally: { passed: 0, failed: 1, notRun: [] } };
  }
  const dir = mkdtempSync(join(tmpdir(), 'countersign-tally-'));
  try {
    const tallyFile = join(dir, 'tally.json');
    const reporters = ['spec', 'stdout', REPORTER, tallyFile].map((value, index) =>
      index % 2 === 0 ? `--test-reporter=${value}` : `--test-reporter-destination=${value}`,
    );
    const args = ['node', '--test', `--test-concurrency=${concurrency}`, ...reporters, ...files];
    // Set inside a test, where it would turn the run into an empty one that passes.
    const env = { NODE_TEST_CONTEXT: undefined };
    const result = await runStep({ name, args, env }, live);
    const tally = readTally(tallyFile, result.ok);
    return { ...result, ok: result.ok && tally.failed === 0, tally };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
