// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { BenchError } from '../bench-error.ts';
import type { Protocol, Target } from '../load/load-call.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { Span } from '../report/profile-table.ts';
import type { Row } from '../report/row.ts';
import { evidenceVerdict } from '../site/evidence.ts';
import { type GoProxy, startGoProxy } from '../site/go-proxy.ts';
import { startNodeProxy } from '../site/node-proxy.ts';
import type { Peer } from '../site/peer-process.ts';
import { findByArgument } from '../site/process-usage.ts';
import { type Site, startSite } from '../site/site.ts';
import { type Arm, type Arms, type Phase, runPhase, warmUp } from './latency-phase.ts';
import { latencyRows } from './latency-rows.ts';
import { makeSmallObjects } from './small-objects.ts';
import type { SuiteContext, SuiteResult, Verdict } from './suite.ts';
import { peerTarget, targetsOf } from './targets.ts';

const OBJECTS = 1_000;
const GOAL = { reach: 3, aim: 1.5 };

const BUSY: Phase = {
  ...{ name: 'HTTP/2, 64 in flight on 4 connections', protocol: 'h2' },
  ...{ connections: 4, inFlightPerConnection: 16 },
};
const PHASES: readonly Phase[] = [
  { name: 'HTTP/2, one request at a time', protocol: 'h2', connections: 1, inFlightPerConnection: 1 },
  BUSY,
  { name: 'HTTP/1.1, one request at a time', protocol: 'h1', connections: 1, inFlightPerConnection: 1 },
  { name: 'HTTP/1.1, 64 in flight on 64 connections', protocol: 'h1', connections: 64, inFlightPerConnection: 1 },
];

interface Ways {
  readonly site: Site;
  readonly paths: readonly string[];
  readonly goProxy: GoProxy | undefined;
  readonly nodeProxy: Peer;
}

/** With a token that is new, and without the proxy that does not speak the protocol. */
async function armsOf({ site, paths, goProxy, nodeProxy }: Ways, protocol: Protocol): Promise<Arms> {
  const { gateway, connector } = site;
  const targets = await targetsOf(site, goProxy, paths);
  const apiServer = findByArgument(`--secure-port=${new URL(site.lab.server).port}`);
  const server = apiServer === undefined ? {} : { apiServer };
  const arm = (target: Target, pids: Arm['pids']): Arm => ({ target, pids: { ...pids, ...server } });
  const bare = peerTarget('Node proxy', nodeProxy, await readFile(site.tls.caFile, 'utf8'), paths);
  return {
    direct: arm(targets.direct, {}),
    asAgent: arm(targets.asAgent, {}),
    ...(goProxy && targets.goProxy ? { goProxy: arm(targets.goProxy, { proxy: goProxy.pid }) } : {}),
    ...(protocol === 'h2' ? { nodeProxy: arm(bare, { proxy: nodeProxy.pid }) } : {}),
    countersign: arm(targets.countersign, { gateway: gateway.pid, connector: connector.pid }),
  };
}

/** Every way must give the same bytes before any is timed. Returns their number. */
async function verifyAnswers(load: LoadGenerator, ways: Ways): Promise<number> {
  const marker = '"kind":"ConfigMap"';
  let first: { readonly bytes: number; readonly sha256: string } | undefined;
  for (const protocol of ['h2', 'h1'] as const) {
    for (const { target } of Object.values(await armsOf(ways, protocol)) as Arm[]) {
      const answer = await load.read({ target, protocol, marker, timeoutMs: 30_000 });
      if ('why' in answer) throw new BenchError('ERR_BENCH_WRONG_ANSWER', answer.why);
      first ??= answer;
      if (answer.status !== 200 || answer.markers !== 1 || answer.sha256 !== first.sha256) {
        const what = `status ${answer.status}, ${answer.bytes} bytes, not the same as direct`;
        throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${target.name}: ${what}`);
      }
    }
  }
  return first?.bytes ?? 0;
}

/** The log must verify and hold one record for each exchange, or what was fast was fast by not doing its work. */
async function verifyEvidence(site: Site, exchanges: number): Promise<string> {
  const { types, size } = await evidenceVerdict(site);
  if (types.answer !== exchanges) {
    const what = `${types.answer ?? 0} records of answers for ${exchanges} requests`;
    throw new BenchError('ERR_BENCH_WRONG_ANSWER', `the log has ${what}`);
  }
  return `Checked: all ways gave the same bytes; the log verifies (${size} records), one record an exchange (${exchanges}).`;
}

/** What a request costs the gateway, as the issue of its speed says it. */
function verdictOf(rows: readonly Row[]): Verdict {
  const goal = `64 gets in flight cost the gateway at most ${GOAL.reach}x the CPU of a Go proxy each, aim ${GOAL.aim}x`;
  const busy = rows.find(({ group, name }) => group.includes(BUSY.name) && name === 'CPU a request, gateway');
  const ratio = busy?.result.kind === 'measured' ? busy.result.ratio?.value : undefined;
  if (ratio === undefined) return { goal, measured: 'no Go proxy, or no /proc', verdict: 'not judged' };
  return { goal, measured: `${ratio.toFixed(2)}x`, verdict: ratio <= GOAL.reach ? 'met' : 'missed' };
}

/** A small GET, directly, through a proxy that checks nothing, and through gateway and connector. */
export async function latencySuite(context: SuiteContext): Promise<SuiteResult> {
  const { effort, onProgress, profileDir } = context;
  await using stack = new AsyncDisposableStack();
  const site = await startSite({ profileDir, onProgress }, stack);
  const started = await startGoProxy(site, stack);
  const goProxy = started.kind === 'running' ? started : undefined;
  const load = stack.use(new LoadGenerator());
  onProgress(`latency: making ${OBJECTS} objects`);
  const paths = await makeSmallObjects(site, OBJECTS);
  const ways: Ways = { site, paths, goProxy, nodeProxy: await startNodeProxy(site, stack) };
  const bodyBytes = await verifyAnswers(load, ways);
  onProgress('latency: warming up');
  const { countersign } = await armsOf(ways, BUSY.protocol);
  const warm = await warmUp(load, countersign, BUSY, effort, bodyBytes);
  // Two were sent to verify the answer.
  let exchanges = 2 + warm.requests;
  const rows: Row[] = [];
  let busy: readonly Span[] = [];
  for (const phase of PHASES) {
    onProgress(`latency: ${phase.name}, ${effort.rounds} rounds of ${effort.roundMs / 1_000} s for each way`);
    const arms = await armsOf(ways, phase.protocol);
    const measured = await runPhase(load, arms, phase, effort, bodyBytes);
    exchanges += measured.countersign.requests;
    if (phase === BUSY) busy = measured.countersign.spans;
    rows.push(...latencyRows(phase, measured, started.kind === 'absent' ? started.why : ''));
  }
  const notes = [
    `GETs of ${OBJECTS} ConfigMaps in turn, ${bodyBytes} bytes of JSON each. Kubernetes ${site.lab.version}. ${goProxy?.version ?? ''}`.trim(),
    await verifyEvidence(site, exchanges),
    'Load generator: Node, a process of its own, on the same cores; so are the API server and etcd.',
    'Every request through Countersign: token checked, policy decided, record durable before its first byte.',
    'Bare Node proxy: core HTTP/2 and TLS on both sides, one hop, nothing else: what a gateway in Node costs at least.',
  ];
  return { rows, notes, verdicts: [verdictOf(rows)], profiled: busy };
}
