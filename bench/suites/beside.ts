// SPDX-License-Identifier: Apache-2.0
import { BenchError } from '../bench-error.ts';
import type { Measured, Target } from '../load/load-call.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { type Row, row, zipRounds } from '../report/row.ts';
import { LOOPER } from '../site/gateway-config.ts';
import { type Site, startSite } from '../site/site.ts';
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
const LOOP = { protocol: 'h2', connections: 2, inFlightPerConnection: 8 } as const;

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

async function besideLoop(
  site: Site,
  paths: readonly string[],
  context: SuiteContext,
  parts: Parts,
  other: LoadGenerator,
) {
  const { effort, onProgress } = context;
  const { direct, countersign } = await targetsOf(site, undefined, paths);
  const looper = await agentTarget(site, LOOPER, paths);
  const loops: Measured[] = [];
  const looping: Beside = async (ms) => {
    const { bodyBytes } = parts;
    loops.push(good(await other.measure({ ...LOOP, target: looper, ms, bodyBytes, mayBeLimited: true })));
  };
  // The first seconds are within its limits.
  await looping(effort.loopWarmUpMs);
  loops.length = 0;
  const group = "Small gets, 4 in flight, beside another agent's loop, 16 in flight";
  const rows: Row[] = [];
  for (const [way, target] of [
    ['direct', direct],
    ['Countersign', countersign],
  ] as const) {
    onProgress(`beside: gets, ${way}, and an agent in a loop`);
    rows.push(...rowsOf(group, way, await inTurns(target, looping, effort.rounds, parts)));
  }
  if (loops.some(({ limited }) => limited === 0)) {
    throw new BenchError('ERR_BENCH_WRONG_ANSWER', 'the agent in a loop never came over its limits');
  }
  const perSecond = ({ requests, seconds }: Measured) => requests / seconds;
  const refused = ({ limited, requests }: Measured) => (100 * limited) / requests;
  return [
    ...rows,
    row(group, 'requests of the loop', '1/s', loops.map(perSecond)),
    row(group, 'of them refused with 429', '%', loops.map(refused)),
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
  const ofLoop = await besideLoop(site, paths, context, parts, other);
  const ofList = await besideList(site, paths, context, parts, other);
  return {
    rows: [...ofList.rows, ...ofLoop],
    notes: [
      'The list is read whole over and over. The loop is of an agent that may ask 20 times a second and has no regard for Retry-After.',
      'Whoever reads the list or loops takes processor time of the same cores, as does the API server: rows of "direct" say what that alone adds.',
    ],
    verdicts: [ofList.verdict],
  };
}
