// SPDX-License-Identifier: Apache-2.0
// `npm run check`: everything that needs no cluster. Properties are tried for a moment each, by `npm test` at length.
import { runCheck } from './run-check.ts';
import { endStepsOnSignals } from './run-step.ts';
import { formatTally } from './test-run/tally.ts';

const PROPERTY_MS = 100;

endStepsOnSignals();
const { ok, tally } = await runCheck({ propertyMs: PROPERTY_MS });
process.stdout.write(formatTally(tally));
process.exitCode = ok ? 0 : 1;
