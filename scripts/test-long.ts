// SPDX-License-Identifier: Apache-2.0
// `npm run test:long`: what is too long, or downloads too much, for every run of the tests.
import { globSync } from 'node:fs';
import { endStepsOnSignals, root } from './run-step.ts';
import { runTests } from './test-run/run-tests.ts';
import { formatTally } from './test-run/tally.ts';

endStepsOnSignals();
const files = globSync('e2e/**/*.long.ts', { cwd: root }).sort();
const { ok, tally } = await runTests({ name: 'long tests', files, concurrency: 1 }, true);
process.stdout.write(formatTally(tally));
process.exitCode = ok ? 0 : 1;
