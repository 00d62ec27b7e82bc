// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeSupport } from '@countersign/lab';
import { BenchError } from '../bench-error.ts';
import { ExecSession } from '../load/exec-session.ts';
import type { Target } from '../load/load-call.ts';
import { monotonicMicros } from '../report/profile-table.ts';
import { type Row, row } from '../report/row.ts';
import { quantile } from '../report/statistics.ts';
import { AGENT, LOOPER, NAMESPACE } from '../site/gateway-config.ts';
import { forgetPeak, peakResidentBytes, processorMs, residentBytes } from '../site/process-usage.ts';
import { type Site, startSite } from '../site/site.ts';
import type { SuiteContext, SuiteResult, Verdict } from './suite.ts';
import { agentTarget, targetsOf } from './targets.ts';

const POD = 'web';
const EXEC = `/api/v1/namespaces/${NAMESPACE}/pods/${POD}/exec?command=cat&stdin=true&stdout=true`;
const FILE_BYTES = 64 * 1_048_576;
const KEYS = 200;
const SESSIONS = 100;
const COLUMNS = 80;
/** How long somebody who types lets pass between two keys. */
const THINK_MS = 100;
const MIB = 1_048_576;
const GOALS = { keyMs: 2, cp: 0.5, crowdMiB: 64 };

interface Way {
  readonly name: string;
  readonly exec: Target;
  readonly kubeconfig: string;
}

const median = (values: readonly number[]) => quantile(values, 0.5);

async function agentKubeconfig({ dir, server, tls, token }: Site): Promise<string> {
  const path = join(dir, 'agent.kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'agent',
    contexts: [{ name: 'agent', context: { cluster: 'lab', user: AGENT } }],
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority': tls.caFile } }],
    users: [{ name: AGENT, user: { token: await token(AGENT) } }],
  };
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

async function waysOf(site: Site): Promise<readonly Way[]> {
  const { direct, countersign } = await targetsOf(site, undefined, [EXEC]);
  return [
    { name: 'direct', exec: direct, kubeconfig: site.lab.adminKubeconfig },
    { name: 'Countersign', exec: countersign, kubeconfig: await agentKubeconfig(site) },
  ];
}

/** Milliseconds from key to echo, the median of a round: one person types as fast as the echo comes. */
async function keyRound({ exec }: Pick<Way, 'exec'>, columns: number): Promise<number> {
  using session = await ExecSession.open(columns > 0 ? atTerminal(exec) : exec);
  if (columns > 0) session.resize(columns);
  const took: number[] = [];
  for (let key = 0; key < KEYS; key += 1) took.push(await session.echo(Buffer.from('k')));
  return median(took);
}

const atTerminal = (exec: Target): Target => ({ ...exec, paths: exec.paths.map((path) => `${path}&tty=true`) });

async function kubectl(site: Site, { kubeconfig }: Way, ...args: readonly string[]): Promise<number> {
  const begun = performance.now();
  const all = ['--kubeconfig', kubeconfig, '--namespace', NAMESPACE, ...args];
  const child = spawn(site.lab.kubectl, all, { stdio: ['ignore', 'ignore', 'pipe'] });
  let problem = '';
  child.stderr.on('data', (bytes: Buffer) => {
    problem = (problem + bytes.toString()).slice(-500);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new BenchError('ERR_BENCH_WRONG_ANSWER', `kubectl ${args[0]} ended with ${code}: ${problem}`);
  return (performance.now() - begun) / 1_000;
}

/** MiB a second, in and out again; what comes out is what went in. */
async function copyRound(site: Site, way: Way): Promise<{ readonly into: number; readonly out: number }> {
  const [original, copy] = [join(site.dir, 'original'), join(site.dir, 'copy')];
  await writeFile(original, randomBytes(FILE_BYTES));
  const into = await kubectl(site, way, 'cp', original, `${POD}:/tmp/copied`);
  const out = await kubectl(site, way, 'cp', `${POD}:/tmp/copied`, copy);
  const [one, other] = await Promise.all([original, copy].map(async (path) => sha256(await readFile(path))));
  if (one !== other) throw new BenchError('ERR_BENCH_WRONG_ANSWER', `cp, ${way.name}: other bytes came out`);
  const mib = FILE_BYTES / MIB;
  return { into: mib / into, out: mib / out };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Crowd {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly keys: number;
}

/** Many sessions, in each of which somebody types. */
async function crowdRound({ exec }: Way, ms: number): Promise<Crowd> {
  const sessions: ExecSession[] = [];
  try {
    for (let opened = 0; opened < SESSIONS; opened += 1) sessions.push(await ExecSession.open(exec));
    const end = performance.now() + ms;
    const typed = sessions.map(async (session, index) => {
      const took: number[] = [];
      await delay((index * THINK_MS) / SESSIONS);
      while (performance.now() < end) {
        took.push(await session.echo(Buffer.from('k')));
        await delay(THINK_MS);
      }
      return took;
    });
    const took = (await Promise.all(typed)).flat();
    return { p50Ms: median(took), p99Ms: quantile(took, 0.99), keys: took.length };
  } finally {
    for (const session of sessions) session[Symbol.dispose]();
  }
}

type Rounds<T> = readonly [direct: readonly T[], ours: readonly T[]];

/** Each round of one way beside the same round of the other. */
async function alternately<T>(ways: readonly Way[], rounds: number, run: (way: Way) => Promise<T>): Promise<Rounds<T>> {
  const direct: T[] = [];
  const ours: T[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ways) (way.name === 'direct' ? direct : ours).push(await run(way));
  }
  return [direct, ours];
}

function compared(group: string, name: string, unit: string, [direct, ours]: Rounds<number>): Row[] {
  return [
    row(group, `${name}, direct`, unit, direct),
    row(group, `${name}, Countersign`, unit, ours, { of: 'direct', rounds: direct }),
  ];
}

const pick = <T>([direct, ours]: Rounds<T>, value: (one: T) => number): Rounds<number> => [
  direct.map(value),
  ours.map(value),
];

function verdictOf(goal: string, measured: string, isMet: boolean): Verdict {
  return { goal, measured, verdict: isMet ? 'met' : 'missed' };
}

/** Keys of an agent to whom their echo is revealed, and of one for whom it is masked, without a terminal and in one. */
async function keySuite(site: Site, ways: readonly Way[], rounds: number) {
  const masked = { exec: await agentTarget(site, LOOPER, [EXEC]) };
  const plain = await keyGroup(ways, masked, rounds, 0);
  const wide = await keyGroup(ways, masked, rounds, COLUMNS);
  return { rows: [...plain.rows, ...wide.rows], verdicts: [...plain.verdicts, ...wide.verdicts] };
}

async function keyGroup(ways: readonly Way[], masked: Pick<Way, 'exec'>, rounds: number, columns: number) {
  for (const way of [...ways, masked]) await keyRound(way, columns);
  const maskedMs: number[] = [];
  const keys = await alternately(ways, rounds, async (way) => {
    if (way.name !== 'direct') maskedMs.push(await keyRound(masked, columns));
    return keyRound(way, columns);
  });
  const where = columns > 0 ? `exec of cat in a terminal of ${columns} columns` : 'exec of cat';
  const group = `One key and its echo, ${where}, ${KEYS} a round`;
  const goalOf = (what: string, took: readonly number[]) => {
    const added = median(took) - median(keys[0]);
    const goal = `${what} adds at most ${GOALS.keyMs} ms to its echo, ${where}`;
    return verdictOf(goal, `${added.toFixed(2)} ms`, added <= GOALS.keyMs);
  };
  return {
    rows: [
      ...compared(group, 'median', 'ms', keys),
      row(group, 'median, Countersign, masked', 'ms', maskedMs, { of: 'direct', rounds: keys[0] }),
    ],
    verdicts: [goalOf('a key', keys[1]), goalOf('a key whose echo is masked', maskedMs)],
  };
}

async function copySuite(site: Site, ways: readonly Way[], rounds: number) {
  forgetPeak(site.gateway.pid);
  const resident = residentBytes(site.gateway.pid);
  const copies = await alternately(ways, rounds, (way) => copyRound(site, way));
  const group = 'kubectl cp of 64 MiB';
  const [into, out] = [pick(copies, (copy) => copy.into), pick(copies, (copy) => copy.out)];
  const ratio = ([direct, ours]: Rounds<number>) => median(ours) / median(direct);
  const goal = (way: string) => `cp ${way} at least x${GOALS.cp} of direct`;
  const grown = (peakResidentBytes(site.gateway.pid) - resident) / MIB;
  return {
    rows: [
      ...compared(group, 'into the pod', 'MiB/s', into),
      ...compared(group, 'out of the pod', 'MiB/s', out),
      row(group, 'gateway, most memory over before', 'MiB', [grown]),
    ],
    verdicts: [
      verdictOf(goal('into a pod'), `x${ratio(into).toFixed(2)}`, ratio(into) >= GOALS.cp),
      verdictOf(goal('out of a pod'), `x${ratio(out).toFixed(2)}`, ratio(out) >= GOALS.cp),
    ],
  };
}

async function crowdSuite(site: Site, ways: readonly Way[], roundMs: number) {
  const { pid } = site.gateway;
  forgetPeak(pid);
  const [resident, used] = [residentBytes(pid), processorMs(pid)];
  const crowds = await alternately(ways, 1, (way) => crowdRound(way, roundMs));
  const group = `${SESSIONS} execs at once, a key every ${THINK_MS} ms in each`;
  const keys = crowds[1].reduce((sum, crowd) => sum + crowd.keys, 0);
  const grown = (peakResidentBytes(pid) - resident) / MIB;
  const goal = `${SESSIONS} execs at once cost the gateway at most ${GOALS.crowdMiB} MiB`;
  return {
    rows: [
      ...compared(
        group,
        'key to echo, median',
        'ms',
        pick(crowds, (crowd) => crowd.p50Ms),
      ),
      ...compared(
        group,
        'key to echo, 99th of 100',
        'ms',
        pick(crowds, (crowd) => crowd.p99Ms),
      ),
      row(group, 'gateway, most memory over before', 'MiB', [grown]),
      row(group, 'gateway, CPU of a key and its echo', 'ms', [(processorMs(pid) - used) / keys]),
    ],
    verdicts: [verdictOf(goal, `${grown.toFixed(1)} MiB`, grown <= GOALS.crowdMiB)],
  };
}

/** Execs and copies on a real node, all recorded, beside the same ones at the API server without a gateway. */
export async function streamsSuite({ effort, onProgress, profileDir }: SuiteContext): Promise<SuiteResult> {
  const support = await nodeSupport();
  if ('unavailable' in support) {
    const rows = [row('Streams', 'execs on a node', '', { notJudged: `skipped: ${support.unavailable}` })];
    return { rows, notes: [], verdicts: [] };
  }
  await using stack = new AsyncDisposableStack();
  const site = await startSite({ profileDir, onProgress, forStreams: true }, stack);
  const ways = await waysOf(site);
  onProgress('streams: keys');
  const keys = await keySuite(site, ways, effort.rounds);
  const from = monotonicMicros();
  onProgress('streams: kubectl cp of 64 MiB, both ways');
  const copies = await copySuite(site, ways, effort.rounds);
  const profiled = [{ from, to: monotonicMicros() }];
  onProgress(`streams: ${SESSIONS} execs at once`);
  const crowd = await crowdSuite(site, ways, effort.roundMs * 3);
  return {
    rows: [...keys.rows, ...copies.rows, ...crowd.rows],
    notes: [
      'Every frame is recorded both ways, encrypted and on the disk before it is passed on.',
      'Checked: what was copied out is what was copied in; every key had its echo.',
    ],
    verdicts: [...keys.verdicts, ...copies.verdicts, ...crowd.verdicts],
    profiled,
  };
}
