// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { BUSYBOX_IMAGE, nodeSupport } from '@countersign/lab';
import { BenchError } from '../bench-error.ts';
import { ForwardSession } from '../load/forward-session.ts';
import type { Target } from '../load/load-call.ts';
import { monotonicMicros } from '../report/profile-table.ts';
import { row } from '../report/row.ts';
import { NAMESPACE } from '../site/gateway-config.ts';
import { forgetPeak, peakResidentBytes, residentBytes } from '../site/process-usage.ts';
import { type Site, startSite } from '../site/site.ts';
import type { SuiteContext, SuiteResult, Verdict } from './suite.ts';
import { targetsOf } from './targets.ts';

const POD = 'ports';
const FORWARD = `/api/v1/namespaces/${NAMESPACE}/pods/${POD}/portforward`;
const CONNECTIONS = 1_000;
/** As much as those connections may have of unread bytes, 64 KiB each. */
const MOST_MIB = 64;
/** So many are opened at a time. */
const AT_ONCE = 20;
const SMALL = 1_024;
const LARGE = 16 * 1_048_576;
const MIB = 1_048_576;
const KIB = 1_024;
const READY_MS = 30_000;

/** Answers on a port of this machine's loopback with what it is told; a program in the pod would start a process for each connection. */
async function startEcho(stack: AsyncDisposableStack): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  }).listen({ port: 0, host: '127.0.0.1', backlog: CONNECTIONS });
  stack.defer(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Runs a pod in the network of the node, which is this machine: so its ports are those of the loopback here. */
async function runPod({ lab }: Site): Promise<void> {
  const spec = {
    hostNetwork: true,
    containers: [{ name: 'main', image: BUSYBOX_IMAGE, command: ['sleep', '3600'] }],
  };
  await lab.admin.apply([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: POD, namespace: NAMESPACE }, spec }]);
  for (const end = Date.now() + READY_MS; ; await delay(100)) {
    const { body } = await lab.admin.request('GET', `/api/v1/namespaces/${NAMESPACE}/pods/${POD}`);
    if (body.status?.phase === 'Running') return;
    if (Date.now() > end) throw new BenchError('ERR_BENCH_PROCESS', 'not within 30 s: the pod runs');
  }
}

interface Crowd {
  readonly perSecond: number;
  /** Bytes a connection, over what the gateway held before the first. */
  readonly held: number;
}

/** The process that is looked at, and how long after. */
interface Watched {
  readonly pid: number;
  readonly settleMs: number;
}

/** Opens many connections in one port-forward, says something on each, and looks at what the gateway holds. */
async function crowd(target: Target, port: number, { pid, settleMs }: Watched): Promise<Crowd> {
  const before = residentBytes(pid);
  using session = await ForwardSession.open(target);
  const data = randomBytes(SMALL);
  const begun = performance.now();
  for (let opened = 0; opened < CONNECTIONS; opened += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, async () => session.echo(await session.connect(port), data));
    await Promise.all(some);
  }
  const seconds = (performance.now() - begun) / 1_000;
  await delay(settleMs);
  return { perSecond: CONNECTIONS / seconds, held: (residentBytes(pid) - before) / CONNECTIONS };
}

/** MiB a second of one connection, in and out again. */
async function throughput(target: Target, port: number): Promise<number> {
  using session = await ForwardSession.open(target);
  const connection = await session.connect(port);
  const data = randomBytes(LARGE);
  const begun = performance.now();
  await session.echo(connection, data);
  return LARGE / MIB / ((performance.now() - begun) / 1_000);
}

async function measured(site: Site, port: number, { effort, onProgress }: SuiteContext) {
  const { direct, countersign } = await targetsOf(site, undefined, [FORWARD]);
  const { pid } = site.gateway;
  onProgress(`port-forward: ${CONNECTIONS} connections`);
  forgetPeak(pid);
  const resident = residentBytes(pid);
  const watched = { pid, settleMs: effort.settleMs };
  const crowds = [await crowd(direct, port, watched), await crowd(countersign, port, watched)] as const;
  const most = peakResidentBytes(pid) - resident;
  onProgress('port-forward: one connection');
  const [one, ours]: [number[], number[]] = [[], []];
  for (let round = 0; round < effort.rounds; round += 1) {
    one.push(await throughput(direct, port));
    ours.push(await throughput(countersign, port));
  }
  const [throughDirect, throughUs] = crowds;
  const alone = 'One connection, 16 MiB there and back';
  const many = `${CONNECTIONS} connections of one port-forward, ${SMALL} bytes there and back on each`;
  const rows = [
    row(alone, 'direct', 'MiB/s', one),
    row(alone, 'Countersign', 'MiB/s', ours, { of: 'direct', rounds: one }),
    row(many, 'opened and answered, direct', '1/s', [throughDirect.perSecond]),
    row(many, 'opened and answered, Countersign', '1/s', [throughUs.perSecond], {
      of: 'direct',
      rounds: [throughDirect.perSecond],
    }),
    row(many, 'memory each, gateway', 'KiB', [throughUs.held / KIB]),
    row(many, 'gateway, most memory over before', 'MiB', [most / MIB]),
  ];
  return { rows, verdict: verdictOf(most / MIB) };
}

function verdictOf(grownMiB: number): Verdict {
  const goal = `${CONNECTIONS} connections of one port-forward cost the gateway at most ${MOST_MIB} MiB`;
  return { goal, measured: `${grownMiB.toFixed(1)} MiB`, verdict: grownMiB <= MOST_MIB ? 'met' : 'missed' };
}

/** A port-forward to a pod on a real node, recorded, beside the same one at the API server without a gateway. */
export async function portForwardSuite(context: SuiteContext): Promise<SuiteResult> {
  const support = await nodeSupport();
  if ('unavailable' in support) {
    const rows = [row('Port-forward', 'to a pod on a node', '', { notJudged: `skipped: ${support.unavailable}` })];
    return { rows, notes: [], verdicts: [] };
  }
  await using stack = new AsyncDisposableStack();
  const { profileDir, onProgress } = context;
  const site = await startSite({ profileDir, onProgress, forStreams: true }, stack);
  await runPod(site);
  const port = await startEcho(stack);
  const from = monotonicMicros();
  const { rows, verdict } = await measured(site, port, context);
  return {
    rows,
    notes: [
      'Every frame is recorded both ways, encrypted and on the disk before it is passed on.',
      'Checked: as many bytes came back on each connection as were sent.',
    ],
    verdicts: [verdict],
    profiled: [{ from, to: monotonicMicros() }],
  };
}
