// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.ts';

/** In the order in which they run. */
export const SUITE_NAMES = [
  'latency',
  'beside',
  'bodies',
  'watches',
  'streams',
  'port-forward',
  'list',
  'log',
  'mask',
  'policy',
] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

export interface BenchOptions {
  readonly effort: 'quick' | 'usual' | 'full';
  readonly suites: readonly SuiteName[];
  readonly jsonFile: string | undefined;
  readonly profileDir: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [--quick | --full] [--suite NAME]... [--json FILE] [--profile DIR]

  --quick         shorter and fewer rounds, 1,000 watches and lists of 100 MB alone
  --full          more and longer rounds, and every list of 500 MB
  --suite NAME    only this one, may be repeated: ${SUITE_NAMES.join(', ')}
  --json FILE     also write all rounds there
  --profile DIR   also write CPU profiles of the gateway there, and print where the
                  time of 64 gets in flight goes (it makes the gateway slower)

Meant to take under 4 minutes with --quick, under 16 without either, on a machine of its own. What
would begin too late is not run, and named.

Ratios to the API server direct and, where Go is on PATH, to a reverse proxy of its standard library; all in one run.
Exit codes: 0 done, 1 a row is void, a goal was missed or the set-up failed, 3 wrong usage.
`;

function isSuite(name: string): name is SuiteName {
  return (SUITE_NAMES as readonly string[]).includes(name);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        suite: { type: 'string', multiple: true },
        json: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new BenchError('ERR_BENCH_USAGE', `${(cause as Error).message}\n\n${USAGE}`, { cause });
  }
}

/** @throws BenchError `ERR_BENCH_USAGE` */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { quick, full, suite = SUITE_NAMES, json, profile, help } = parse(args);
  if (quick && full) throw new BenchError('ERR_BENCH_USAGE', '--quick or --full, not both');
  const unknown = suite.find((name) => !isSuite(name));
  if (unknown !== undefined) {
    throw new BenchError('ERR_BENCH_USAGE', `no suite ${unknown}; there are ${SUITE_NAMES.join(', ')}`);
  }
  return {
    effort: quick ? 'quick' : full ? 'full' : 'usual',
    suites: suite.filter(isSuite),
    jsonFile: json === undefined ? undefined : resolve(json),
    profileDir: profile === undefined ? undefined : resolve(profile),
    help,
  };
}
