// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunningProcess } from './running-process.ts';

/** This tree, which its own programs run from. */
export const TREE = fileURLToPath(new URL('../..', import.meta.url));

/** What a command said, and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the `countersign` of a tree with these arguments. What Node compiles of a copy goes with the copy. */
export function startCountersignOf(tree: string, ...args: readonly string[]): RunningProcess {
  const own = tree === TREE ? {} : { NODE_COMPILE_CACHE: join(tree, 'node_modules', '.cache', 'compiled') };
  const program = join(tree, 'apps', 'cli', 'src', 'main.ts');
  return new RunningProcess(process.execPath, [program, ...args], { ...process.env, ...own });
}

/** Starts `countersign` with these arguments. */
export function startCountersign(...args: readonly string[]): RunningProcess {
  return startCountersignOf(TREE, ...args);
}

/** Runs `countersign` to its end. */
export async function runCountersign(...args: readonly string[]): Promise<CommandResult> {
  return toItsEnd(startCountersign(...args));
}

/** As {@link runCountersign}, of a tree. */
export async function runCountersignOf(tree: string, ...args: readonly string[]): Promise<CommandResult> {
  return toItsEnd(startCountersignOf(tree, ...args));
}

async function toItsEnd(running: RunningProcess): Promise<CommandResult> {
  const code = await running.exited;
  return { code, stdout: running.stdout.all.join('\n'), stderr: running.stderr.all.join('\n') };
}

/** As {@link runCountersign}, for a command that must succeed; returns what it printed. */
export async function countersign(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCountersign(...args);
  assert.equal(code, 0, `countersign ${args.slice(0, 2).join(' ')}: ${stderr}`);
  return stdout;
}
