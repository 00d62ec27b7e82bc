// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import type { Caller } from '../installation/caller.ts';
import { Lines } from '../installation/running-process.ts';

export interface ExecOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Default: nothing, at its end. */
  readonly stdin?: string | Uint8Array;
}

export interface ExecResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as it came. */
  readonly raw: Buffer;
}

/** Runs `kubectl exec`, or another command, to its end. */
export async function runKubectl(
  caller: Caller,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { command, args: all, env } = await caller.kubectlCommand(...args);
  const child = spawn(command, all, { env: { ...env, ...options.env } });
  // A command that ends before it has read all of its input is none of our business.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [raw, stderr, code] = await Promise.all([buffer(child.stdout), buffer(child.stderr), closed]);
  return { code, raw, stdout: raw.toString(), stderr: stderr.toString() };
}

/** A session that goes on until it is ended from outside. */
export interface RunningSession {
  readonly stdout: Lines;
  readonly stderr: Lines;
  readonly exited: Promise<number | null>;
  /** When it had; ms since the epoch. */
  readonly exitedAt: Promise<number>;
}

/** Starts a kubectl whose stdin stays open. */
export async function startSession(
  caller: Caller,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningSession> {
  const { command, args: all, env: own } = await caller.kubectlCommand(...args);
  const child = spawn(command, all, { env: { ...own, ...env } });
  child.stdin.on('error', () => {});
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    stdout: new Lines(child.stdout),
    stderr: new Lines(child.stderr),
    exited,
    exitedAt: exited.then(() => Date.now()),
  };
}
