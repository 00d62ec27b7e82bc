// SPDX-License-Identifier: Apache-2.0
import { BenchError } from '../bench-error.ts';
import type { Measured, Sent, Target } from '../load/load-call.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { type Row, row, zipRounds } from '../report/row.ts';
import { LOOPER, WRITER } from '../site/gateway-config.ts';
import { type Site, startSite } from '../site/site.ts';
import { SHORT_WRITES } from './heavy-writes.ts';
import { makeLargeSecrets, SECRETS_PATH } from './large-secrets.ts';
import { makeSmallObjects } from './small-objects.ts';
import type { SuiteContext, SuiteResult, Verdict } from './suite.ts';
import { agentTarget, targetsOf } from './targets.ts';

const OBJECTS = 100;
const GOAL_MS = 5;
const READ_TIMEOUT_MS = 300_000;
/** What goes on beside begins before what is measured, and ends after it. */
const MARGIN_MS = 500;
const GETS = { protocol: 'h2', connections: 2, inFlightPerConnection: 2 } as const;

/** Something that goes on while gets are measured: begins now, ends by itself some time after so many milliseconds. */
type Beside = (ms: number) => Promise<unknown>;

interface Gets {
  readonly alone: Measured[];
  readonly beside: Measured[];
}

interface Parts {
  readonly load: LoadGenerator;
  readonly bodyBytes: number;
  readonly roundMs: number;
}

function good<T extends object>(result: T | { why: string }): T {
  if ('why' in result) throw new BenchError('ERR_BENCH_WRONG_ANSWER', String(result.why));
  return result as T;
}

async function measureGets(target: Target, { load, bodyBytes, roundMs: ms }: Parts): Promise<Measured> {
  return good(await load.measure({ ...GETS, target, ms, bodyBytes }));
}

/** The same gets, alone and beside something, in turns. */
async function inTurns(target: Target, beside: Beside, rounds: number, parts: Parts): Promise<Gets> {
  const gets: Gets = { alone: [], beside: [] };
  await measureGets(target, parts);
  for (let round = 0; round < rounds; round += 1) {
    gets.alone.push(await measureGets(target, parts));
    const ended = beside(parts.roundMs + MARGIN_MS);
    gets.beside.push(await measureGets(target, parts));
    await ended;
  }
  return gets;
}

function rowsOf(group: string, way: string, { alone, beside }: Gets): Row[] {
  const added = (pick: (one: Measured) => number) =>
    zipRounds(beside.map(pick), alone.map(pick), (with_, without) => with_ - without);
  const [p50, p99] = [(one: Measured) => one.p50Ms, (one: Measured) => one.p99Ms];
  return [
    row(group, `p50 of gets, ${way}, alone`, 'ms', alone.map(p50)),
    row(group, `p50 of gets, ${way}, beside`, 'ms', beside.map(p50), { of: 'alone', rounds: alone.map(p50) }),
    row(group, `p99 of gets, ${way}, alone`, 'ms', alone.map(p99)),
    row(group, `p99 of gets, ${way}, beside`, 'ms', beside.map(p99), { of: 'alone', rounds: alone.map(p99) }),
    row(group, `added p50, ${way}`, 'ms', added(p50)),
    row(group, `added p99, ${way}`, 'ms', added(p99)),
  ];
}

/** The list, read whole, over and over until the time is up. */
function listing(load: LoadGenerator, target: Target): Beside {
  return async (ms) => {
    const end = performance.now() + ms;
    do {
      const { status } = good(await load.read({ target, protocol: 'h2', timeoutMs: READ_TIMEOUT_MS }));
      if (status !== 200)
        throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${target.name}: the list has status ${status}`);
    } while (performance.now() < end);
  };
}

function medianOf(rows: readonly Row[], name: string): number | undefined {
  const found = rows.find((one) => one.name === name)?.result;
  return found?.kind === 'measured' ? found.median : undefined;
}

function verdictOf(megabytes: number, rows: readonly Row[]): Verdict {
  const [ours, direct] = ['Countersign', 'direct'].map((way) => medianOf(rows, `added p99, ${way}`));
  const goal = `a masked list of ${megabytes} MB adds at most ${GOAL_MS} ms to the p99 of small gets beside it`;
  if (ours === undefined) return { goal, measured: 'not measured', verdict: 'not judged' };
  const measured = `${ours.toFixed(1)} ms (a list direct, to gets direct: ${direct?.toFixed(1)} ms)`;
  return { goal, measured, verdict: ours <= GOAL_MS ? 'met' : 'missed' };
}

async function besideList(
  site: Site,
  paths: readonly string[],
  context: SuiteContext,
  parts: Parts,
  other: LoadGenerator,
) {
  const { effort, onProgress } = context;
  const megabytes = effort.besideBytes / 1_000_000;
  onProgress(`beside: creating Secrets of ${megabytes} MB`);
  await makeLargeSecrets(site, effort.besideBytes);
  const [gets, lists] = [await targetsOf(site, undefined, paths), await targetsOf(site, undefined, [SECRETS_PATH])];
  const group = `Small gets, 4 in flight, beside a list of ${megabytes} MB of Secrets`;
  const rows: Row[] = [];
  for (const [way, get, list] of [
    ['direct', gets.direct, lists.direct],
    ['Countersign', gets.countersign, lists.countersign],
  ] as const) {
    onProgress(`beside: gets and a list of ${megabytes} MB, ${way}`);
    rows.push(...rowsOf(group, way, await inTurns(get, listing(other, list), effort.rounds, parts)));
  }
  return { rows, verdict: verdictOf(megabytes, rows) };
}

/** An agent that asks on and on, without regard for Retry-After, and what it asks. */
interface LoopPlan {
  readonly what: string;
  readonly agent: string;
  readonly paths: readonly string[];
  readonly sends?: readonly Sent[];
  readonly inFlightPerConnection: number;
}

/** What the loop adds to gets that go the same way as it does. */
function verdictOfLoop({ what }: LoopPlan, rows: readonly Row[]): Verdict {
  const [ours, direct] = ['Countersign', 'direct'].map((way) => medianOf(rows, `added p99, ${way}`));
  const goal = `${what} adds no more to the p99 of another's small gets than the same at the API server itself`;
  if (ours === undefined || direct === undefined) return { goal, measured: 'not measured', verdict: 'not judged' };
  const measured = `${ours.toFixed(1)} ms, direct ${direct.toFixed(1)} ms`;
  return { goal, measured, verdict: ours <= Math.max(direct, 0) ? 'met' : 'missed' };
}

/** Gets and the loop, both direct and both through the gateway. */
async function besideLoop(
  site: Site,
  paths: readonly string[],
  context: SuiteContext,
  parts: Parts,
  [other, plan]: readonly [other: LoadGenerator, plan: LoopPlan],
): Promise<{ rows: readonly Row[]; verdict: Verdict }> {
  const { effort, onProgress } = context;
  const { what, agent, sends, inFlightPerConnection } = plan;
  const gets = await targetsOf(site, undefined, paths);
  const loopDirect = (await targetsOf(site, undefined, plan.paths)).direct;
  const loopOurs = await agentTarget(site, agent, plan.paths);
  const loops: Measured[] = [];
  const load = { protocol: 'h2', connections: 2, inFlightPerConnection, bodyBytes: parts.bodyBytes } as const;
  const asked = sends ? { ...load, sends } : load;
  const looping =
    (target: Target): Beside =>
    async (ms) =>
      void loops.push(good(await other.measure({ ...asked, target, ms, mayBeLimited: target === loopOurs })));
  const group = `Small gets, 4 in flight, beside ${what}, ${2 * inFlightPerConnection} in flight`;
  const perSecond = (one: Measured) => (one.requests - one.limited) / one.seconds;
  onProgress(`beside: gets and ${what}, direct`);
  const rows = rowsOf(group, 'direct', await inTurns(gets.direct, looping(loopDirect), effort.rounds, parts));
  const rateDirect = loops.map(perSecond);
  // The first seconds are within its limits.
  await looping(loopOurs)(effort.loopWarmUpMs);
  loops.length = 0;
  onProgress(`beside: gets and ${what}, Countersign`);
  rows.push(...rowsOf(group, 'Countersign', await inTurns(gets.countersign, looping(loopOurs), effort.rounds, parts)));
  if (!sends && loops.every(({ limited }) => limited === 0)) {
    throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${what} never came over its limits`);
  }
  rows.push(
    row(group, 'requests of the loop, direct', '1/s', rateDirect),
    row(group, 'requests of the loop, let on', '1/s', loops.map(perSecond)),
    row(
      group,
      'requests of the loop, refused with 429',
      '1/s',
      loops.map(({ limited, seconds }) => limited / seconds),
    ),
  );
  return { rows, verdict: verdictOfLoop(plan, rows) };
}

/** Loops of one agent over its limits, and of one that keeps asking for what takes longest to judge. */
function loopPlans(paths: readonly string[]): readonly LoopPlan[] {
  return [
    { what: "another agent's loop", agent: LOOPER, paths, inFlightPerConnection: 8 },
    {
      what: "another agent's loop of heavy writes",
      agent: WRITER,
      paths: SHORT_WRITES.map(({ path }) => path),
      sends: SHORT_WRITES.map(({ sent }) => sent()),
      inFlightPerConnection: 2,
    },
  ];
}

/** What somebody else's work at the same gateway does to small gets, and the same at the API server without a gateway. */
export async function besideSuite(context: SuiteContext): Promise<SuiteResult> {
  const { effort, onProgress, profileDir } = context;
  await using stack = new AsyncDisposableStack();
  const site = await startSite({ profileDir, onProgress }, stack);
  const [load, other] = [stack.use(new LoadGenerator()), stack.use(new LoadGenerator())];
  const paths = await makeSmallObjects(site, OBJECTS);
  const { direct } = await targetsOf(site, undefined, paths);
  const first = good(await load.read({ target: direct, protocol: 'h2', timeoutMs: READ_TIMEOUT_MS }));
  const parts: Parts = { load, bodyBytes: first.bytes, roundMs: effort.roundMs };
  const ofLoops = [];
  for (const plan of loopPlans(paths)) ofLoops.push(await besideLoop(site, paths, context, parts, [other, plan]));
  const ofList = await besideList(site, paths, context, parts, other);
  return {
    rows: [...ofList.rows, ...ofLoops.flatMap(({ rows }) => rows)],
    notes: [
      'The list is read whole over and over. Loops have no regard for Retry-After: one of gets, by an agent that may ask 20 times a second, one of writes that take long to judge, as dry runs, by one with the default limits.',
      'Rows of "direct" have both past the gateway, at the API server. Whoever reads the list or loops takes processor time of the same cores.',
    ],
    verdicts: [ofList.verdict, ...ofLoops.map(({ verdict }) => verdict)],
  };
}
