// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** One command of a task; `args[0]` is a program of `node_modules/.bin`, or `node` for this very Node. */
export interface Step {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly output: string;
}

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
    const output: string[] = [];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    const settle = (ok: boolean, extra = '') =>
      resolve({ name: step.name, ok, seconds: (performance.now() - started) / 1_000, output: output.join('') + extra });
    child.once('error', (error) => settle(false, error.message));
    child.once('close', (code) => settle(code === 0));
  });
}

/** Prints a line a step, and the whole output of those that failed; true when none did. */
export function report(results: readonly StepResult[]): boolean {
  for (const { name, ok, seconds, output } of results) {
    process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)\n`);
    if (!ok) process.stdout.write(`${output.trimEnd()}\n`);
  }
  return results.every(({ ok }) => ok);
}
