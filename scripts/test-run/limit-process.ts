// SPDX-License-Identifier: Apache-2.0
import { after } from 'node:test';
import fc from 'fast-check';

export interface ProcessLimits {
  /** How long a property may go on to another run of it; each has one at least. Without it, all are run. */
  readonly propertyMs?: number;
  /** How long after its last test the process may hold something open. */
  readonly leakMs?: number;
}

const LEAK_MS = 10_000;

/** Begins no more runs of a property after `ms`; what was begun comes to its end, the first run always. */
function noRunsAfter(ms: number): fc.Plugin<unknown> {
  return () => {
    const endsAt = performance.now() + ms;
    let hasRun = false;
    return {
      decorateRun: (run) => (value) => {
        if (hasRun && performance.now() >= endsAt) return new fc.PreconditionFailure(true);
        hasRun = true;
        return run(value);
      },
    };
  };
}

/** Sets limits for all tests of this process; one that is kept from its end by what a test left open fails. */
export function limitProcess({ propertyMs, leakMs = LEAK_MS }: ProcessLimits): void {
  if (propertyMs !== undefined) fc.installGlobalPlugin(noRunsAfter(propertyMs));
  after(() => {
    setTimeout(() => {
      process.stderr.write(`left open by a test: ${process.getActiveResourcesInfo().join(', ')}\n`);
      process.exit(1);
    }, leakMs).unref();
  });
}
