// SPDX-License-Identifier: Apache-2.0
// `npm run check`: everything that needs no cluster.
import { runCheck } from './run-check.ts';
import { endStepsOnSignals } from './run-step.ts';
import { formatTally } from './test-run/tally.ts';

endStepsOnSignals();
const { ok, tally } = await runCheck();
process.stdout.write(formatTally(tally));
process.exitCode = ok ? 0 : 1;
