// SPDX-License-Identifier: Apache-2.0

import type { Measured, Protocol, Target } from '../load/load-call.ts';
import type { LoadGenerator } from '../load/load-generator.ts';
import { monotonicMicros, type Span } from '../report/profile-table.ts';
import type { Rounds } from '../report/row.ts';
import { processorMs } from '../site/process-usage.ts';
import type { Effort } from './suite.ts';

/** One way of asking. */
export interface Phase {
  readonly name: string;
  readonly protocol: Protocol;
  readonly connections: number;
  readonly inFlightPerConnection: number;
}

export type Part = 'apiServer' | 'proxy' | 'gateway' | 'connector';

/** One way to the API server, and the processes that its requests cost. */
export interface Arm {
  readonly target: Target;
  readonly pids: Readonly<Partial<Record<Part, number>>>;
}

export interface Arms {
  readonly direct: Arm;
  readonly asAgent: Arm;
  readonly goProxy?: Arm;
  /** A proxy of Node that checks nothing: what is left to win by tuning. */
  readonly nodeProxy?: Arm;
  readonly countersign: Arm;
}

/** What the rounds of an arm gave; void when one of its requests went wrong. */
export interface ArmRounds {
  readonly p50Ms: Rounds;
  readonly p99Ms: Rounds;
  readonly perSecond: Rounds;
  /** Microseconds of processor time a request, by part. */
  readonly processorUs: Readonly<Partial<Record<Part, Rounds>>>;
  /** Those of the warm-up included. */
  readonly requests: number;
  /** When the rounds ran. */
  readonly spans: readonly Span[];
}

export type PhaseRounds = { readonly [Name in keyof Arms]: ArmRounds };

/** Whole requests that make an engine compile what it runs often. */
const WARM_REQUESTS = 10_000;
const MAX_WARM_MS = 30_000;

interface Round {
  readonly measured: Measured;
  readonly processorUs: Readonly<Partial<Record<Part, number>>>;
}

class ArmRun {
  readonly arm: Arm;
  readonly #rounds: Round[] = [];
  readonly #spans: Span[] = [];
  #requests = 0;
  #problem: string | undefined;

  constructor(arm: Arm) {
    this.arm = arm;
  }

  get requests(): number {
    return this.#requests;
  }

  get failed(): boolean {
    return this.#problem !== undefined;
  }

  async run(load: LoadGenerator, phase: Phase, bodyBytes: number, ms: number, counts: boolean): Promise<void> {
    if (this.#problem !== undefined) return;
    const parts = Object.entries(this.arm.pids) as [Part, number][];
    const before = parts.map(([, pid]) => processorMs(pid));
    const from = monotonicMicros();
    const measured = await load.measure({ ...phase, target: this.arm.target, ms, bodyBytes });
    if ('why' in measured) {
      this.#problem = measured.why;
      return;
    }
    this.#requests += measured.requests;
    if (!counts) return;
    this.#spans.push({ from, to: monotonicMicros() });
    const used = parts.map(([part, pid], index) => {
      const spentMs = processorMs(pid) - (before[index] ?? 0);
      return [part, (spentMs * 1_000) / measured.requests];
    });
    this.#rounds.push({ measured, processorUs: Object.fromEntries(used) });
  }

  result(): ArmRounds {
    const rounds = (value: (round: Round) => number): Rounds =>
      this.#problem === undefined ? this.#rounds.map(value) : { void: this.#problem };
    const ofPart = (part: Part) => rounds(({ processorUs }) => processorUs[part] ?? 0);
    return {
      p50Ms: rounds(({ measured }) => measured.p50Ms),
      p99Ms: rounds(({ measured }) => measured.p99Ms),
      perSecond: rounds(({ measured }) => measured.requests / measured.seconds),
      processorUs: Object.fromEntries(Object.keys(this.arm.pids).map((part) => [part, ofPart(part as Part)])),
      requests: this.#requests,
      spans: this.#spans,
    };
  }
}

/** Sends an arm so many requests that it runs as it will go on running, or as many as it takes within half a minute. */
export async function warmUp(
  load: LoadGenerator,
  arm: Arm,
  phase: Phase,
  effort: Effort,
  bodyBytes: number,
): Promise<ArmRounds> {
  const run = new ArmRun(arm);
  const end = performance.now() + MAX_WARM_MS;
  do await run.run(load, phase, bodyBytes, effort.roundMs, false);
  while (!run.failed && run.requests < WARM_REQUESTS && performance.now() < end);
  return run.result();
}

/** Warms every arm up, then measures them in turn, round by round. */
export async function runPhase(
  load: LoadGenerator,
  arms: Arms,
  phase: Phase,
  effort: Effort,
  bodyBytes: number,
): Promise<PhaseRounds> {
  const runs = Object.entries(arms).map(([name, arm]: [string, Arm]) => [name, new ArmRun(arm)] as const);
  for (const [, run] of runs) await run.run(load, phase, bodyBytes, effort.warmUpMs, false);
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const [, run] of runs) await run.run(load, phase, bodyBytes, effort.roundMs, true);
  }
  return Object.fromEntries(runs.map(([name, run]) => [name, run.result()])) as unknown as PhaseRounds;
}
