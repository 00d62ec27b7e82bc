// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { BenchError } from '../bench-error.ts';
import type { Target } from '../load/load-call.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { type Row, row } from '../report/row.ts';
import { maskedOnRecord } from '../site/evidence.ts';
import { NAMESPACE } from '../site/gateway-config.ts';
import { startGoProxy } from '../site/go-proxy.ts';
import { longestLoopDelayMs } from '../site/loop-delay.ts';
import { forgetPeak, peakResidentBytes, processorMs, residentBytes } from '../site/process-usage.ts';
import { type Site, startSite } from '../site/site.ts';
import { CANARY, makeLargeSecrets, SECRETS_PATH, VALUES_PER_SECRET } from './large-secrets.ts';
import type { SuiteContext, SuiteResult } from './suite.ts';
import { targetsOf } from './targets.ts';

const SMALL_PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps/settings`;
const READ_TIMEOUT_MS = 300_000;
const QUIET_MS = 2_000;
const GOAL_MIB = 64;
const MIB = 1_048_576;

/** Reads the whole list and returns its length; a wrong one ends the suite, as its speed would say nothing. */
async function readList(load: LoadGenerator, target: Target, marker?: string) {
  const call = {
    target,
    protocol: 'h2' as const,
    timeoutMs: READ_TIMEOUT_MS,
    ...(marker === undefined ? {} : { marker }),
  };
  const answer = await load.read(call);
  if ('why' in answer) throw new BenchError('ERR_BENCH_WRONG_ANSWER', answer.why);
  if (answer.status !== 200) throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${target.name}: status ${answer.status}`);
  return answer;
}

/** Both ways must hold what they should before they are timed: all values, and none of them. Returns the list's length. */
async function verifyLists(site: Site, load: LoadGenerator, direct: Target, masked: Target, values: number) {
  const marker = Buffer.from(CANARY).toString('base64');
  const plain = await readList(load, direct, marker);
  const hidden = await readList(load, masked, marker);
  const onRecord = await maskedOnRecord(site, hidden.headers['audit-id'] ?? 'no id');
  if (plain.markers !== values || hidden.markers !== 0 || onRecord < values) {
    const what = `direct shows ${plain.markers} of ${values} values, masked ${hidden.markers}; ${onRecord} on record`;
    throw new BenchError('ERR_BENCH_WRONG_ANSWER', what);
  }
  return { listBytes: plain.bytes, maskedBytes: hidden.bytes };
}

interface Rounds {
  readonly direct: number[];
  readonly goProxy: number[];
  readonly masked: number[];
  readonly gatewayPeak: number[];
  readonly connectorPeak: number[];
  readonly gatewayCpu: number[];
  readonly connectorCpu: number[];
  readonly loopDelay: number[];
}

function notePeaks({ gateway, connector }: Site, idle: Idle, rounds: Rounds): void {
  rounds.gatewayPeak.push((peakResidentBytes(gateway.pid) - idle.gateway) / MIB);
  rounds.connectorPeak.push((peakResidentBytes(connector.pid) - idle.connector) / MIB);
}

async function measureMasked(
  site: Site,
  load: LoadGenerator,
  target: Target,
  idle: Idle,
  rounds: Rounds,
  megabytes: number,
) {
  const pids = [site.gateway.pid, site.connector.pid] as const;
  for (const pid of pids) forgetPeak(pid);
  await longestLoopDelayMs(site);
  const before = pids.map(processorMs);
  const { seconds } = await readList(load, target);
  const [gateway = 0, connector = 0] = pids.map((pid, index) => processorMs(pid) - (before[index] ?? 0));
  rounds.masked.push(megabytes / seconds);
  rounds.gatewayCpu.push(gateway / megabytes);
  rounds.connectorCpu.push(connector / megabytes);
  notePeaks(site, idle, rounds);
  rounds.loopDelay.push(await longestLoopDelayMs(site));
}

interface Idle {
  readonly gateway: number;
  readonly connector: number;
}

/** What the processes hold after small requests, when nothing is asked of them. Peaks count from here on. */
async function idleAfterSmallRequests(site: Site, load: LoadGenerator): Promise<Idle> {
  const { countersign } = await targetsOf(site, undefined, [SMALL_PATH]);
  const first = await readList(load, countersign);
  const use = { target: countersign, protocol: 'h2' as const, connections: 2, inFlightPerConnection: 4 };
  await load.measure({ ...use, ms: QUIET_MS, bodyBytes: first.bytes });
  await delay(QUIET_MS);
  for (const { pid } of [site.gateway, site.connector]) forgetPeak(pid);
  return { gateway: residentBytes(site.gateway.pid), connector: residentBytes(site.connector.pid) };
}

function rowsOf(group: string, rounds: Rounds, whyNoGo: string | undefined): Row[] {
  const base = { of: 'direct', rounds: rounds.direct };
  return [
    row(group, 'direct, as administrator', 'MB/s', rounds.direct),
    row(
      group,
      'Go proxy, nothing masked',
      'MB/s',
      whyNoGo ? { notJudged: `skipped: ${whyNoGo}` } : rounds.goProxy,
      base,
    ),
    row(group, 'Countersign, masked', 'MB/s', rounds.masked, base),
    row(group, 'CPU a MB, gateway', 'ms', rounds.gatewayCpu),
    row(group, 'CPU a MB, connector', 'ms', rounds.connectorCpu),
    row(group, 'gateway, most memory over idle', 'MiB', rounds.gatewayPeak),
    row(group, 'connector, most memory over idle', 'MiB', rounds.connectorPeak),
    row(group, 'gateway, longest event loop delay', 'ms', rounds.loopDelay),
  ];
}

/** A large SecretList, directly, through a proxy that masks nothing, and masked. */
export async function maskedListSuite({ effort, onProgress, profileDir }: SuiteContext): Promise<SuiteResult> {
  await using stack = new AsyncDisposableStack();
  const site = await startSite({ profileDir, onProgress }, stack);
  const started = await startGoProxy(site, stack);
  const load = stack.use(new LoadGenerator());
  onProgress(`masked list: creating Secrets of ${effort.listBytes / 1_000_000} MB`);
  const count = await makeLargeSecrets(site, effort.listBytes);
  const idle = await idleAfterSmallRequests(site, load);
  const targets = await targetsOf(site, started.kind === 'running' ? started : undefined, [SECRETS_PATH]);
  const values = count * VALUES_PER_SECRET;
  const rounds: Rounds = {
    ...{ direct: [], goProxy: [], masked: [], gatewayPeak: [], connectorPeak: [] },
    ...{ gatewayCpu: [], connectorCpu: [], loopDelay: [] },
  };
  onProgress(`masked list: checking ${values} values`);
  const { listBytes, maskedBytes } = await verifyLists(site, load, targets.direct, targets.countersign, values);
  const megabytes = listBytes / 1_000_000;
  // The first list of all may cost the most memory: its peak is a round like the others.
  notePeaks(site, idle, rounds);
  for (let round = 1; round <= effort.rounds; round += 1) {
    onProgress(`masked list: round ${round} of ${effort.rounds}`);
    rounds.direct.push(megabytes / (await readList(load, targets.direct)).seconds);
    if (targets.goProxy) rounds.goProxy.push(megabytes / (await readList(load, targets.goProxy)).seconds);
    await measureMasked(site, load, targets.countersign, idle, rounds, megabytes);
  }
  const group = `List of ${count} Secrets, ${Math.round(megabytes)} MB of JSON, ${values} values of 3 KiB, HTTP/2`;
  const worst = Math.max(...rounds.gatewayPeak);
  return {
    rows: rowsOf(group, rounds, started.kind === 'absent' ? started.why : undefined),
    notes: [
      `Checked: direct shows all ${values} values, masked none, and the log says so. Rates count the list's own bytes;`,
      `  masked it has ${Math.round(maskedBytes / 1_000_000)} MB. One list at a time, read whole, no pages.`,
      `Idle: gateway ${Math.round(idle.gateway / MIB)} MiB, connector ${Math.round(idle.connector / MIB)} MiB.`,
    ],
    verdicts: [
      {
        goal: `a list of ${Math.round(megabytes)} MB costs the gateway at most ${GOAL_MIB} MiB over idle`,
        measured: `${worst.toFixed(1)} MiB`,
        verdict: worst <= GOAL_MIB ? 'met' : 'missed',
      },
    ],
  };
}
