// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a run leaves for the next one, which then reads only what has changed; `npm ci` takes it away. */
export const CACHE = join(root, 'node_modules', '.cache', 'countersign');

/** One command of a task; `args[0]` is a program of `node_modules/.bin`, or `node` for this very Node. */
export interface Step {
  readonly name: string;
  readonly args: readonly string[];
  /** Added to the environment; an undefined variable is taken out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly output: string;
}

const running = new Set<ChildProcess>();

function command(step: Step): { readonly program: string; readonly args: readonly string[] } {
  const [program = '', ...args] = step.args;
  if (program === 'node') return { program: process.execPath, args };
  return { program: join(root, 'node_modules', '.bin', program), args };
}

/** Runs a step to its end; its output is shown as it comes when `live`, else kept for the result. */
export function runStep(step: Step, live = false): Promise<StepResult> {
  const started = performance.now();
  const { program, args } = command(step);
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...step.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
    });
    running.add(child);
    const output: string[] = [];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    const settle = (ok: boolean, extra = '') => {
      running.delete(child);
      const seconds = (performance.now() - started) / 1_000;
      resolve({ name: step.name, ok, seconds, output: output.join('') + extra });
    };
    child.once('error', (error) => settle(false, error.message));
    child.once('close', (code) => settle(code === 0));
  });
}

/** Makes a signal to this process end the steps that run, and then the process. */
export function endStepsOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.kill(process.pid, signal);
    });
  }
}

/** Prints a line for the step, and its whole output if it failed. */
export function report({ name, ok, seconds, output }: StepResult): void {
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)\n`);
  if (!ok) process.stdout.write(`${output.trimEnd()}\n`);
}
