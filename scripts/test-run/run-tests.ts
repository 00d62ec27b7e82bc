// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE, root, runStep, type StepResult } from '../run-step.ts';
import type { ProcessLimits } from './limit-process.ts';
import { dealFiles, needsOwnProcess, sharedTestFile } from './shared-process.ts';
import type { Tally } from './tally.ts';

/** Test files that run together. */
export interface TestGroup {
  readonly name: string;
  /** Paths from the root of the repository; at least one. */
  readonly files: readonly string[];
  /** How many processes run at a time. */
  readonly concurrency: number;
  /** How many processes the files share that need none of their own, and within which limits; else each has its own. */
  readonly shared?: ProcessLimits & { readonly processes: number };
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

/** What node's test runner is given: files of the group, and files written to `dir` that each run many of them. */
function runnerFiles({ files, shared }: TestGroup, dir: string): readonly string[] {
  if (shared === undefined) return files;
  const { processes, ...limits } = shared;
  const paths = files.map((file) => resolve(root, file));
  const own = paths.filter((path) => needsOwnProcess(readFileSync(path, 'utf8')));
  const hands = dealFiles(
    paths.filter((path) => !own.includes(path)),
    processes,
  );
  const written = hands.map((hand, index) => {
    const file = join(dir, `shared-${index + 1}.test.mjs`);
    writeFileSync(file, sharedTestFile(hand, limits));
    return file;
  });
  return [...written, ...own];
}

/** Runs a group by node's test runner; `live` as in `runStep`. */
export async function runTests(group: TestGroup, live = false): Promise<TestResult> {
  const { name, files, concurrency } = group;
  if (files.length === 0) {
    return { name, ok: false, seconds: 0, output: 'no test files', tally: { passed: 0, failed: 1, notRun: [] } };
  }
  const dir = mkdtempSync(join(tmpdir(), 'countersign-tally-'));
  try {
    const tallyFile = join(dir, 'tally.json');
    const reporters = ['spec', 'stdout', REPORTER, tallyFile].map((value, index) =>
      index % 2 === 0 ? `--test-reporter=${value}` : `--test-reporter-destination=${value}`,
    );
    const args = ['node', '--test', `--test-concurrency=${concurrency}`, ...reporters, ...runnerFiles(group, dir)];
    const env = {
      // Of all that starts by Node, tests and what they start, each module is compiled but once.
      NODE_COMPILE_CACHE: join(CACHE, 'compiled'),
      // Set inside a test, where it would turn the run into an empty one that passes.
      NODE_TEST_CONTEXT: undefined,
    };
    const result = await runStep({ name, args, env }, live);
    const tally = readTally(tallyFile, result.ok);
    return { ...result, ok: result.ok && tally.failed === 0, tally };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
