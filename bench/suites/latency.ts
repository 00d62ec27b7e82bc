// SPDX-License-Identifier: Apache-2.0
import { BenchError } from '../bench-error.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { evidenceVerdict } from '../site/evidence.ts';
import { NAMESPACE } from '../site/gateway-config.ts';
import { type GoProxy, startGoProxy } from '../site/go-proxy.ts';
import { findByArgument } from '../site/process-usage.ts';
import { type Site, startSite } from '../site/site.ts';
import { type Arm, type Arms, type Phase, runPhase } from './latency-phase.ts';
import { latencyRows } from './latency-rows.ts';
import type { SuiteContext, SuiteResult } from './suite.ts';
import { type Targets, targetsOf } from './targets.ts';

const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const NAMES = Array.from({ length: 1_000 }, (_, index) => `object-${String(index).padStart(4, '0')}`);
const PATHS = NAMES.map((name) => `${CONFIG_MAPS}/${name}`);
/** With what the API server adds, 2 KB of JSON. */
const VALUE = 'v'.repeat(1_500);

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

function armsOf(site: Site, targets: Targets, goProxy: GoProxy | undefined): Arms {
  const { gateway, connector } = site;
  const apiServer = findByArgument(`--secure-port=${new URL(site.lab.server).port}`);
  const server = apiServer === undefined ? {} : { apiServer };
  const arm = (target: Targets['direct'], pids: Arm['pids']): Arm => ({ target, pids: { ...pids, ...server } });
  return {
    direct: arm(targets.direct, {}),
    asAgent: arm(targets.asAgent, {}),
    ...(goProxy && targets.goProxy ? { goProxy: arm(targets.goProxy, { proxy: goProxy.pid }) } : {}),
    countersign: arm(targets.countersign, { gateway: gateway.pid, connector: connector.pid }),
  };
}

/** Every way must give the same bytes before any is timed. Returns their number. */
async function verifyAnswers(load: LoadGenerator, arms: Arms): Promise<number> {
  const marker = '"kind":"ConfigMap"';
  let first: { readonly bytes: number; readonly sha256: string } | undefined;
  for (const protocol of ['h2', 'h1'] as const) {
    for (const { target } of Object.values(arms)) {
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

async function makeObjects({ lab }: Site): Promise<void> {
  for (const name of NAMES) {
    const { status } = await lab.admin.request('POST', CONFIG_MAPS, { metadata: { name }, data: { value: VALUE } });
    if (status !== 201) throw new BenchError('ERR_BENCH_PROCESS', `the API server answers ${status} to a create`);
  }
}

/** A small GET, directly, through a proxy that checks nothing, and through gateway and connector. */
export async function latencySuite(context: SuiteContext): Promise<SuiteResult> {
  const { effort, onProgress, profileDir } = context;
  await using stack = new AsyncDisposableStack();
  const site = await startSite({ profileDir, onProgress }, stack);
  const started = await startGoProxy(site, stack);
  const goProxy = started.kind === 'running' ? started : undefined;
  const load = stack.use(new LoadGenerator());
  onProgress(`latency: making ${NAMES.length} objects`);
  await makeObjects(site);
  const targets = () => targetsOf(site, goProxy, PATHS);
  const bodyBytes = await verifyAnswers(load, armsOf(site, await targets(), goProxy));
  const rows = [];
  onProgress('latency: warming up');
  const warm = await runPhase(load, armsOf(site, await targets(), goProxy), BUSY, { ...effort, rounds: 1 }, bodyBytes);
  // Two were sent to verify the answer.
  let exchanges = 2 + warm.countersign.requests;
  for (const phase of PHASES) {
    onProgress(`latency: ${phase.name}, ${effort.rounds} rounds of ${effort.roundMs / 1_000} s for each way`);
    const measured = await runPhase(load, armsOf(site, await targets(), goProxy), phase, effort, bodyBytes);
    exchanges += measured.countersign.requests;
    rows.push(...latencyRows(phase, measured, started.kind === 'absent' ? started.why : ''));
  }
  const notes = [
    `GETs of ${NAMES.length} ConfigMaps in turn, ${bodyBytes} bytes of JSON each. Kubernetes ${site.lab.version}. ${goProxy?.version ?? ''}`.trim(),
    await verifyEvidence(site, exchanges),
    'Load generator: Node, a process of its own, on the same cores; so are the API server and etcd.',
    'Every request through Countersign: token checked, policy decided, record durable before its first byte.',
  ];
  return { rows, notes, verdicts: [] };
}
