// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../run-step.ts';
import type { ProcessLimits } from './limit-process.ts';

const LIMIT_PROCESS = new URL('./limit-process.ts', import.meta.url).href;

/**
 * What a test can do to its process that the next file's tests would notice: another environment or exit code, and
 * replaced globals. What the mock of a test replaces is back at that test's end.
 */
const TOUCHES_ITS_PROCESS = [
  /\bprocess\.(env|exitCode|chdir|umask|on|once|argv|title)\b/,
  /(?<!\.)\bmock\b/,
  /\bglobalThis\b/,
];

/** Whether the test file with this text must run in a process of its own. */
export function needsOwnProcess(text: string): boolean {
  return TOUCHES_ITS_PROCESS.some((touch) => touch.test(text));
}

/**
 * Deals files into `count` lists at most, none of them empty, so that neighbours, which take about as long, are apart.
 */
export function dealFiles(files: readonly string[], count: number): readonly (readonly string[])[] {
  const hands = Array.from({ length: count }, (_, hand) => files.filter((_file, index) => index % count === hand));
  return hands.filter((hand) => hand.length > 0);
}

/**
 * The text of one test file that runs the tests of all these files, given by absolute path, each in a suite of its own,
 * so that its hooks are around its tests alone. A file that can't be loaded fails it, and so does what a test leaves open,
 * after a while, instead of keeping the run from its end.
 */
export function sharedTestFile(files: readonly string[], limits: ProcessLimits = {}): string {
  const suites = files.map((file) => {
    const [name, url] = [relative(root, file), pathToFileURL(file).href].map((text) => JSON.stringify(text));
    return `describe(${name}, async () => void (await import(${url})));`;
  });
  return [
    "import { describe } from 'node:test';",
    `import { limitProcess } from ${JSON.stringify(LIMIT_PROCESS)};`,
    `limitProcess(${JSON.stringify(limits)});`,
    ...suites,
    '',
  ].join('\n');
}
