// SPDX-License-Identifier: Apache-2.0

/**
 * One thing that the lab says about its own progress. It is plain data, fit for a line of JSON.
 *
 * Shape: `{"phase":"build","what":"compiling kube-apiserver","state":"running","step":2,"of":5,"elapsedMs":41000}`.
 * `elapsedMs` counts from the start of this step; a long step repeats itself as `running` every few seconds.
 */
export interface LabProgress {
  readonly phase: 'packages' | 'download' | 'build' | 'start' | 'node' | 'seed';
  readonly what: string;
  readonly state: 'started' | 'running' | 'done' | 'failed';
  readonly step: number;
  readonly of: number;
  readonly elapsedMs: number;
}

/** Receives the lab's progress; MUST NOT throw. */
export type ProgressListener = (progress: LabProgress) => void;

/** Where a step stands among its neighbours. */
export interface Step {
  readonly phase: LabProgress['phase'];
  readonly what: string;
  readonly step: number;
  readonly of: number;
}

const TICK_MS = 5_000;

/**
 * Runs `work` as one step: says that it started, every five seconds that it still runs, and how it ended.
 * Errors of `work` pass through. `problemOf` may find in a result why the step failed all the same.
 */
export async function withStep<T>(
  listener: ProgressListener,
  step: Step,
  work: () => Promise<T>,
  problemOf: (result: T) => string | undefined = () => undefined,
): Promise<T> {
  const begun = performance.now();
  const say = (state: LabProgress['state'], what = step.what): void =>
    listener({ ...step, what, state, elapsedMs: Math.round(performance.now() - begun) });
  say('started');
  const ticker = setInterval(() => say('running'), TICK_MS);
  ticker.unref();
  try {
    const result = await work();
    const problem = problemOf(result);
    if (problem) say('failed', `${step.what}: ${problem}`);
    else say('done');
    return result;
  } catch (error) {
    say('failed');
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

/** Progress as a line for people, such as `[2/5] compiling kube-apiserver: 41 s`. */
export function formatProgress({ step, of, what, state, elapsedMs }: LabProgress): string {
  const seconds = `${(elapsedMs / 1000).toFixed(state === 'running' ? 0 : 1)} s`;
  const ending = { started: ' …', running: `: ${seconds}`, done: `: done in ${seconds}`, failed: ': failed' }[state];
  return `[${step}/${of}] ${what}${ending}`;
}
