// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BenchError } from '../bench-error.ts';
import type { Sent, Target } from '../load/load-call.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { type Row, row } from '../report/row.ts';
import { NAMESPACE } from '../site/gateway-config.ts';
import { longestLoopDelayMs } from '../site/loop-delay.ts';
import { type Site, startSite } from '../site/site.ts';
import { LONG_WRITES, SHORT_WRITES } from './heavy-writes.ts';
import { makeSmallObjects } from './small-objects.ts';
import type { SuiteContext, SuiteResult, Verdict } from './suite.ts';
import { targetsOf } from './targets.ts';

const GROUP = "Longest delay of the gateway's event loop";
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const SECRET = `/api/v1/namespaces/${NAMESPACE}/secrets/one-value`;
const GOAL_MS = 5;
const TIMEOUT_MS = 30_000;
const REPEATS = 3;
const MIB = 1_048_576;
const IDLE = 'idle';

const configMap = (members: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' }, ...members });

/** Bodies of writes that the gateway reads, judges and sends on as dry runs; the API server may refuse them. */
const WRITES: readonly { readonly name: string; readonly body: () => string }[] = [
  {
    name: '1 MiB ConfigMap, one value',
    body: () => configMap({ data: { text: 'a line of "text"\n'.repeat(50_000) } }),
  },
  {
    name: '3 MiB ConfigMap, 100,000 members',
    body: () =>
      configMap({ data: Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`key-${at}`, `value ${at}`])) }),
  },
  {
    name: '1 MiB body, 240,000 numbers',
    body: () => configMap({ extra: Array.from({ length: 240_000 }, (_, at) => at % 1_000) }),
  },
  { name: '3 MiB body of backslashes', body: () => configMap({ data: { text: '\\'.repeat(1_500_000) } }) },
];

const posted = (body: string): Sent => ({ method: 'POST', contentType: 'application/json', body });

/** What the gateway's event loop is kept waiting at most while something is done, with some rest around it. */
async function longestDuring(site: Site, work: () => Promise<void>): Promise<number> {
  await delay(200);
  await longestLoopDelayMs(site);
  await work();
  return longestLoopDelayMs(site);
}

async function send(load: LoadGenerator, target: Target, sent?: Sent): Promise<void> {
  for (let times = 0; times < REPEATS; times += 1) {
    const answer = await load.read({
      target,
      protocol: 'h2',
      timeoutMs: TIMEOUT_MS,
      ...(sent === undefined ? {} : { sent }),
    });
    if ('why' in answer) throw new BenchError('ERR_BENCH_WRONG_ANSWER', answer.why);
    if (answer.status >= 500 || answer.status === 403) {
      throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${target.name}: status ${answer.status}`);
    }
  }
}

function verdictOf(rows: readonly Row[]): Verdict {
  const goal = `nothing keeps the gateway's event loop waiting for over ${GOAL_MS} ms`;
  const medians = rows.flatMap(({ name, result }) =>
    result.kind === 'measured' ? [{ name, median: result.median }] : [],
  );
  const idle = medians.find(({ name }) => name === IDLE)?.median ?? 0;
  const worst = medians.reduce((one, other) => (other.median > one.median ? other : one));
  const measured = `${worst.median.toFixed(1)} ms, ${worst.name} (idle ${idle.toFixed(1)} ms)`;
  if (idle > GOAL_MS) return { goal, measured, verdict: 'not judged' };
  return { goal, measured, verdict: worst.median <= GOAL_MS ? 'met' : 'missed' };
}

/** How long large bodies, read, judged and masked, keep everybody else waiting. */
export async function bodiesSuite({ effort, onProgress, profileDir }: SuiteContext): Promise<SuiteResult> {
  await using stack = new AsyncDisposableStack();
  const site = await startSite({ profileDir, onProgress }, stack);
  const load = stack.use(new LoadGenerator());
  const paths = await makeSmallObjects(site, 100);
  const data = { value: randomBytes(0.74 * MIB).toString('base64') };
  await site.lab.admin.request('POST', `/api/v1/namespaces/${NAMESPACE}/secrets`, {
    metadata: { name: 'one-value' },
    data,
  });
  const targetAt = async (some: readonly string[]) => (await targetsOf(site, undefined, some)).countersign;
  const [small, write, secret] = await Promise.all([paths, [`${CONFIG_MAPS}?dryRun=All`], [SECRET]].map(targetAt));
  const heavy = await Promise.all(
    [...SHORT_WRITES, ...LONG_WRITES].map(async ({ name, path, sent }) => {
      const target = await targetAt([path]);
      return [name, () => send(load, target, sent())] as const;
    }),
  );
  const { bytes } = (await load.read({ target: small as Target, protocol: 'h2', timeoutMs: TIMEOUT_MS })) as {
    bytes: number;
  };
  const busy = {
    target: small as Target,
    protocol: 'h2' as const,
    connections: 4,
    inFlightPerConnection: 16,
    bodyBytes: bytes,
  };
  const cases: readonly (readonly [name: string, work: () => Promise<unknown>])[] = [
    [IDLE, () => delay(effort.roundMs)],
    ['64 small gets in flight', () => load.measure({ ...busy, ms: effort.roundMs })],
    ['1 MiB Secret read, one value', () => send(load, secret as Target)],
    ...WRITES.map(({ name, body }) => [name, () => send(load, write as Target, posted(body()))] as const),
    ...heavy,
  ];
  const delays = new Map<string, number[]>(cases.map(([name]) => [name, []]));
  // The first round compiles what the others run.
  for (let round = 0; round <= effort.rounds; round += 1) {
    onProgress(`bodies: ${round === 0 ? 'warming up' : `round ${round} of ${effort.rounds}`}`);
    for (const [name, work] of cases) {
      const longest = await longestDuring(site, async () => void (await work()));
      if (round > 0) delays.get(name)?.push(longest);
    }
  }
  const base = { of: IDLE, rounds: delays.get(IDLE) ?? [] };
  const rows = [...delays].map(([name, rounds]) => row(GROUP, name, 'ms', rounds, name === IDLE ? undefined : base));
  return {
    rows,
    notes: [
      'As perf_hooks sees it in the gateway; of a process that is not given the processor, idle says how late that alone makes it.',
      'Writes are dry runs: read, parsed, judged, searched for masks, written anew and sent on. Longest of three each.',
    ],
    verdicts: [verdictOf(rows)],
  };
}
