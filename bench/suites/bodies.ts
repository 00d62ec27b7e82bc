// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { BenchError } from '../bench-error.ts';
import type { Sent, Target } from '../load/load-call.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { type Row, row } from '../report/row.ts';
import { NAMESPACE } from '../site/gateway-config.ts';
import { longestLoopDelayMs, longestLoopDelayOfNodeProxyMs } from '../site/loop-delay.ts';
import { startNodeProxy } from '../site/node-proxy.ts';
import { startSite } from '../site/site.ts';
import { LONG_WRITES, SHORT_WRITES } from './heavy-writes.ts';
import { makeSmallObjects } from './small-objects.ts';
import type { SuiteContext, SuiteResult, Verdict } from './suite.ts';
import { peerTarget, targetsOf } from './targets.ts';

const GROUP = "Longest delay of the gateway's event loop";
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const SECRET = `/api/v1/namespaces/${NAMESPACE}/secrets/one-value`;
const GOAL_MS = 5;
const TIMEOUT_MS = 30_000;
const REPEATS = 3;
const MIB = 1_048_576;
const IDLE = 'idle';
const BUSY = '64 small gets in flight';
const NODE_PROXY = 'the same at a bare Node proxy';

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

/** What is done, and whose event loop is looked at if not the gateway's. */
type Case = readonly [name: string, work: () => Promise<unknown>, longestMs?: () => Promise<number>];

const posted = (body: string): Sent => ({ method: 'POST', contentType: 'application/json', body });

/** What an event loop is kept waiting at most while something is done, with some rest around it. */
async function longestDuring(longestMs: () => Promise<number>, work: () => Promise<unknown>): Promise<number> {
  await delay(200);
  await longestMs();
  await work();
  return longestMs();
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
  const medianOf = (wanted: string) => medians.find(({ name }) => name === wanted)?.median ?? 0;
  const [idle, bare] = [medianOf(IDLE), medianOf(NODE_PROXY)];
  const ours = medians.filter(({ name }) => name !== NODE_PROXY);
  const worst = ours.reduce((one, other) => (other.median > one.median ? other : one));
  const bases = `idle ${idle.toFixed(1)} ms, a bare Node proxy with 64 gets in flight ${bare.toFixed(1)} ms`;
  const measured = `${worst.median.toFixed(1)} ms, ${worst.name} (${bases})`;
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
  const nodeProxy = await startNodeProxy(site, stack);
  const bare = peerTarget('Node proxy', nodeProxy, await readFile(site.tls.caFile, 'utf8'), paths);
  const ofGateway = () => longestLoopDelayMs(site);
  const ofNodeProxy = () => longestLoopDelayOfNodeProxyMs(nodeProxy);
  const cases: readonly Case[] = [
    [IDLE, () => delay(effort.roundMs)],
    [NODE_PROXY, () => load.measure({ ...busy, target: bare, ms: effort.roundMs }), ofNodeProxy],
    [BUSY, () => load.measure({ ...busy, ms: effort.roundMs })],
    ['1 MiB Secret read, one value', () => send(load, secret as Target)],
    ...WRITES.map(({ name, body }) => [name, () => send(load, write as Target, posted(body()))] as const),
    ...heavy,
  ];
  const delays = new Map<string, number[]>(cases.map(([name]) => [name, []]));
  // The first round compiles what the others run.
  for (let round = 0; round <= effort.rounds; round += 1) {
    onProgress(`bodies: ${round === 0 ? 'warming up' : `round ${round} of ${effort.rounds}`}`);
    for (const [name, work, longestMs = ofGateway] of cases) {
      const longest = await longestDuring(longestMs, work);
      if (round > 0) delays.get(name)?.push(longest);
    }
  }
  const base = { of: IDLE, rounds: delays.get(IDLE) ?? [] };
  const rows = [...delays].map(([name, rounds]) => row(GROUP, name, 'ms', rounds, name === IDLE ? undefined : base));
  return {
    rows,
    notes: [
      'As perf_hooks sees it, by the clock. With 64 gets in flight load, API server, connector and gateway share the processors: what a bare Node proxy, which checks nothing, is late by then is no work of its own.',
      'Writes are dry runs: read, parsed, judged, searched for masks, written anew and sent on. Longest of three each.',
    ],
    verdicts: [verdictOf(rows)],
  };
}
