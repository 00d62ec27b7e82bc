// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { BenchError } from '../bench-error.ts';
import type { Target } from '../load/load-call.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { type Row, row } from '../report/row.ts';
import { NAMESPACE } from '../site/gateway-config.ts';
import { type GoProxy, startGoProxy } from '../site/go-proxy.ts';
import { findByArgument, processorMs, residentBytes } from '../site/process-usage.ts';
import { type Site, startSite } from '../site/site.ts';
import { makeSmallObjects } from './small-objects.ts';
import type { Effort, SuiteContext, SuiteResult } from './suite.ts';
import { targetsOf } from './targets.ts';

const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
/** What the API server allows a connection, the least of all. */
const PER_CONNECTION = 100;
const OPEN_TIMEOUT_MS = 120_000;
const WARM_MS = 3_000;
const KIB = 1_024;

/** One way to watch, and the processes that hold what passes. */
interface Way {
  readonly name: string;
  readonly target: Target;
  readonly pids: Readonly<Record<string, number>>;
}

/** What one more watch takes of each process, and how fast watches open. */
interface Held {
  readonly perSecond: number;
  /** Bytes a watch, over what the process held before the first. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Milliseconds of processor time a second while nothing happens. */
  readonly idleMs: Readonly<Record<string, number>>;
}

function each<T>(pids: Way['pids'], value: (pid: number, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, value(pid, name)]));
}

/** Watches for what does not happen: changes after this revision. */
async function watchPath({ lab }: Site): Promise<string> {
  const { body } = await lab.admin.request('GET', `${CONFIG_MAPS}?limit=1`);
  const revision = body.metadata?.resourceVersion;
  return `${CONFIG_MAPS}?watch=true&resourceVersion=${revision}&fieldSelector=metadata.name%3Dnothing`;
}

/** Opens watches in steps, up to each of the counts, and looks at the memory at each. */
async function holdWatches(load: LoadGenerator, { name, target, pids }: Way, { watches: counts, settleMs }: Effort) {
  await delay(settleMs);
  const before = each(pids, residentBytes);
  const held: Held[] = [];
  let open = 0;
  for (const count of counts) {
    const opened = await load.hold({
      target,
      count: count - open,
      perConnection: PER_CONNECTION,
      timeoutMs: OPEN_TIMEOUT_MS,
    });
    if ('why' in opened) throw new BenchError('ERR_BENCH_WRONG_ANSWER', opened.why);
    const perSecond = (count - open) / opened.seconds;
    open = count;
    await delay(settleMs);
    const used = each(pids, processorMs);
    await delay(settleMs);
    held.push({
      perSecond,
      bytes: each(pids, (pid, part) => (residentBytes(pid) - (before[part] ?? 0)) / count),
      idleMs: each(pids, (pid, part) => ((processorMs(pid) - (used[part] ?? 0)) * 1_000) / settleMs),
    });
  }
  const left = await load.letGo();
  if ('why' in left || left.count !== open) {
    const what = 'why' in left ? left.why : `${left.count} of ${open} watches were open at the end`;
    throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${name}: ${what}`);
  }
  return held;
}

/** What has to be there once, however many watches there are, is there before the first. */
async function warmUp(site: Site, load: LoadGenerator, goProxy: GoProxy | undefined): Promise<void> {
  const paths = await makeSmallObjects(site, 10);
  const { countersign, goProxy: go } = await targetsOf(site, goProxy, paths);
  for (const target of go ? [countersign, go] : [countersign]) {
    const first = await load.read({ target, protocol: 'h2', timeoutMs: OPEN_TIMEOUT_MS });
    if ('why' in first) throw new BenchError('ERR_BENCH_WRONG_ANSWER', first.why);
    const use = { target, protocol: 'h2' as const, connections: 4, inFlightPerConnection: 16 };
    await load.measure({ ...use, ms: WARM_MS, bodyBytes: first.bytes });
  }
}

async function waysOf(site: Site, goProxy: GoProxy | undefined): Promise<Way[]> {
  const targets = await targetsOf(site, goProxy, [await watchPath(site)]);
  const apiServer = findByArgument(`--secure-port=${new URL(site.lab.server).port}`);
  return [
    { name: 'direct', target: targets.direct, pids: apiServer === undefined ? {} : { apiServer } },
    ...(goProxy && targets.goProxy
      ? [{ name: 'Go proxy', target: targets.goProxy, pids: { proxy: goProxy.pid } }]
      : []),
    {
      name: 'Countersign',
      target: targets.countersign,
      pids: { gateway: site.gateway.pid, connector: site.connector.pid },
    },
  ];
}

function rowsOf(count: number, held: ReadonlyMap<string, Held>, whyNoGo: string): Row[] {
  const group = `${count} idle watches, HTTP/2, ${PER_CONNECTION} a connection`;
  const [direct, go, ours] = ['direct', 'Go proxy', 'Countersign'].map((name) => held.get(name));
  const absent = { notJudged: `skipped: ${whyNoGo}` };
  const kib = (bytes: number | undefined) => (bytes === undefined ? absent : [bytes / KIB]);
  const base = { of: 'Go proxy', rounds: kib(go?.bytes.proxy) };
  const { gateway = 0, connector = 0 } = ours?.bytes ?? {};
  return [
    row(group, 'memory each, API server, direct', 'KiB', kib(direct?.bytes.apiServer)),
    row(group, 'memory each, Go proxy', 'KiB', base.rounds),
    row(group, 'memory each, gateway', 'KiB', kib(gateway), base),
    row(group, 'memory each, connector', 'KiB', kib(connector), base),
    row(group, 'memory each, gateway and connector', 'KiB', kib(gateway + connector), base),
    row(group, 'opened, direct', '1/s', [direct?.perSecond ?? 0]),
    row(group, 'opened, Countersign', '1/s', [ours?.perSecond ?? 0], {
      of: 'direct',
      rounds: [direct?.perSecond ?? 0],
    }),
    row(group, 'CPU of a second, gateway, idle', 'ms', [ours?.idleMs.gateway ?? 0]),
    row(group, 'CPU of a second, connector, idle', 'ms', [ours?.idleMs.connector ?? 0]),
  ];
}

/** Watches of which nothing comes, each judged and on record: what they hold in memory, and what they cost. */
export async function watchesSuite({ effort, onProgress, profileDir }: SuiteContext): Promise<SuiteResult> {
  await using stack = new AsyncDisposableStack();
  const site = await startSite({ profileDir, onProgress }, stack);
  const started = await startGoProxy(site, stack);
  const goProxy = started.kind === 'running' ? started : undefined;
  const load = stack.use(new LoadGenerator());
  await warmUp(site, load, goProxy);
  const held = new Map<string, Held[]>();
  for (const way of await waysOf(site, goProxy)) {
    onProgress(`watches: ${effort.watches.join(', then ')} of them, ${way.name}`);
    held.set(way.name, await holdWatches(load, way, effort));
  }
  const at = (index: number) => new Map([...held].flatMap(([name, all]) => (all[index] ? [[name, all[index]]] : [])));
  return {
    rows: effort.watches.flatMap((count, index) =>
      rowsOf(count, at(index), started.kind === 'absent' ? started.why : ''),
    ),
    notes: [
      'Memory: what the process holds more than before the first watch, after small requests, divided by the watches.',
      'Checked: every watch was answered with 200, and all were open at the end.',
    ],
    verdicts: [],
  };
}
