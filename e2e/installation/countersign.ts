// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { RunningProcess } from './running-process.ts';

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));

/** What a command said, and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `countersign` with these arguments. */
export function startCountersign(...args: readonly string[]): RunningProcess {
  return new RunningProcess(process.execPath, [MAIN, ...args]);
}

/** Runs `countersign` to its end. */
export async function runCountersign(...args: readonly string[]): Promise<CommandResult> {
  const running = startCountersign(...args);
  const code = await running.exited;
  return { code, stdout: running.stdout.all.join('\n'), stderr: running.stderr.all.join('\n') };
}

/** As {@link runCountersign}, for a command that must succeed; returns what it printed. */
export async function countersign(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCountersign(...args);
  assert.equal(code, 0, `countersign ${args.slice(0, 2).join(' ')}: ${stderr}`);
  return stdout;
}
