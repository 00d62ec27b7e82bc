// SPDX-License-Identifier: Apache-2.0
import { type Rounds, type Row, row, zipRounds } from '../report/row.ts';
import type { ArmRounds, Part, Phase, PhaseRounds } from './latency-phase.ts';

const NO_PROC: Rounds = { notJudged: 'no /proc here' };

const subtract = (a: number, b: number) => a - b;
const add = (a: number, b: number) => a + b;

function cpu(arm: ArmRounds | undefined, part: Part): Rounds {
  return arm?.processorUs[part] ?? NO_PROC;
}

/** What one request at a time shows: how much later an answer comes. */
function delayRows(group: string, measured: PhaseRounds, goProxy: ArmRounds | { notJudged: string }): Row[] {
  const { direct, asAgent, countersign } = measured;
  const ofGo = (pick: (arm: ArmRounds) => Rounds): Rounds => ('notJudged' in goProxy ? goProxy : pick(goProxy));
  const goP50 = ofGo(({ p50Ms }) => p50Ms);
  const added = zipRounds(countersign.p50Ms, direct.p50Ms, subtract);
  const goAdded = zipRounds(goP50, direct.p50Ms, subtract);
  const base = { of: 'direct', rounds: direct.p50Ms };
  const base99 = { of: 'direct', rounds: direct.p99Ms };
  return [
    row(group, 'p50 direct, as administrator', 'ms', direct.p50Ms),
    row(group, 'p50 direct, as the agent', 'ms', asAgent.p50Ms, base),
    row(group, 'p50 Go proxy', 'ms', goP50, base),
    row(group, 'p50 Countersign', 'ms', countersign.p50Ms, base),
    row(group, 'p99 direct, as administrator', 'ms', direct.p99Ms),
    row(
      group,
      'p99 Go proxy',
      'ms',
      ofGo(({ p99Ms }) => p99Ms),
      base99,
    ),
    row(group, 'p99 Countersign', 'ms', countersign.p99Ms, base99),
    row(group, 'added p50, Go proxy', 'ms', goAdded),
    row(group, 'added p50, Countersign', 'ms', added, { of: 'Go proxy', rounds: goAdded }),
    row(group, '  over direct, as the agent', 'ms', zipRounds(countersign.p50Ms, asAgent.p50Ms, subtract)),
  ];
}

/** What many at a time show: how many there can be, and what each costs. */
function costRows(group: string, measured: PhaseRounds, goProxy: ArmRounds | { notJudged: string }): Row[] {
  const { direct, asAgent, countersign } = measured;
  const ofGo = (pick: (arm: ArmRounds) => Rounds): Rounds => ('notJudged' in goProxy ? goProxy : pick(goProxy));
  const base = { of: 'direct', rounds: direct.perSecond };
  const goCpu = ofGo((arm) => cpu(arm, 'proxy'));
  const [gateway, connector] = [cpu(countersign, 'gateway'), cpu(countersign, 'connector')];
  const go = { of: 'Go proxy', rounds: goCpu };
  const serverBase = { of: 'direct', rounds: cpu(direct, 'apiServer') };
  return [
    row(group, 'requests direct, as administrator', '1/s', direct.perSecond),
    row(group, 'requests direct, as the agent', '1/s', asAgent.perSecond, base),
    row(
      group,
      'requests Go proxy',
      '1/s',
      ofGo(({ perSecond }) => perSecond),
      base,
    ),
    row(group, 'requests Countersign', '1/s', countersign.perSecond, base),
    row(group, 'p50 Countersign', 'ms', countersign.p50Ms, { of: 'direct', rounds: direct.p50Ms }),
    row(group, 'p99 Countersign', 'ms', countersign.p99Ms, { of: 'direct', rounds: direct.p99Ms }),
    row(group, 'CPU a request, Go proxy', 'us', goCpu),
    ...(measured.nodeProxy
      ? [row(group, 'CPU a request, bare Node proxy', 'us', cpu(measured.nodeProxy, 'proxy'), go)]
      : []),
    row(group, 'CPU a request, gateway', 'us', gateway, go),
    row(group, 'CPU a request, connector', 'us', connector, go),
    row(group, 'CPU a request, gateway and connector', 'us', zipRounds(gateway, connector, add), go),
    row(group, 'CPU a request, API server, direct', 'us', serverBase.rounds),
    row(group, 'CPU a request, API server behind it', 'us', cpu(countersign, 'apiServer'), serverBase),
  ];
}

/** The report of one phase. Without the Go proxy, what is compared with it is not judged. */
export function latencyRows(phase: Phase, measured: PhaseRounds, whyNoGo: string): Row[] {
  const goProxy = measured.goProxy ?? { notJudged: `skipped: ${whyNoGo}` };
  const sequential = phase.connections * phase.inFlightPerConnection === 1;
  return (sequential ? delayRows : costRows)(`Small GET, ${phase.name}`, measured, goProxy);
}
