// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../lab-error.ts';
import type { OwnRunRecord } from './run-record.ts';

const POLL_MS = 60;
const TAIL_LINES = 8;

/** A program that the lab started; its output is in `logFile`. */
export interface LabProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process ends, with words for how. */
  readonly exited: Promise<string>;
  hasExited(): boolean;
}

/** Starts programs for one lab and writes each into its record. */
export type Launcher = (name: string, command: string, args: readonly string[]) => LabProcess;

/**
 * A launcher whose programs get no environment but PATH and HOME, no input, a process group of their own (so that
 * Ctrl-C in a terminal reaches only the lab's owner, who stops them in order), and a log in `logs`.
 */
export function createLauncher(options: { logs: string; home: string; record: OwnRunRecord }): Launcher {
  return (name, command, args) => {
    const logFile = join(options.logs, `${name}.log`);
    const log = openSync(logFile, 'w', 0o600);
    const child = spawn(command, args, {
      stdio: ['ignore', log, log],
      detached: true,
      cwd: options.home,
      env: { PATH: process.env.PATH, HOME: options.home },
    });
    closeSync(log);
    let ended = false;
    const exited = new Promise<string>((resolve) => {
      const end = (how: string): void => {
        ended = true;
        resolve(how);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    });
    child.unref();
    if (child.pid !== undefined) options.record.addProcess(child.pid);
    return { name, pid: child.pid ?? -1, logFile, exited, hasExited: () => ended };
  };
}

/**
 * Resolves when `check` does so with true; it is asked again and again, and what it throws counts as "not yet".
 * @throws LabError `ERR_LAB_PROCESS_EXITED` if one of `processes` ends first, `ERR_LAB_PORT_TAKEN` if it says that its
 * port is taken, `ERR_LAB_NOT_READY` after `timeoutMs`
 */
export async function untilReady(options: {
  readonly what: string;
  readonly processes: readonly LabProcess[];
  readonly timeoutMs: number;
  readonly check: () => Promise<boolean>;
}): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  // A question put to whoever else holds a program's port may never be answered.
  const ended = Promise.race(options.processes.map(({ exited }) => exited)).then(() => false);
  while (!(await Promise.race([options.check().catch(() => false), ended]))) {
    for (const process of options.processes) if (process.hasExited()) throw await exitError(process);
    if (performance.now() > deadline) {
      const logs = options.processes.map((process) => process.logFile).join(', ');
      throw new LabError(
        'ERR_LAB_NOT_READY',
        `${options.what} was not ready within ${options.timeoutMs / 1000} s; see ${logs}`,
      );
    }
    await delay(POLL_MS);
  }
}

/** What to throw for a process that ended by itself, with the last lines of its log. */
export async function exitError(process: LabProcess): Promise<LabError> {
  const log = readFileSync(process.logFile, 'utf8').trimEnd();
  const tail = log.split('\n').slice(-TAIL_LINES).join('\n');
  const code = /address already in use/.test(log) ? 'ERR_LAB_PORT_TAKEN' : 'ERR_LAB_PROCESS_EXITED';
  return new LabError(code, `${process.name} ended (${await process.exited}); ${process.logFile} ends with:\n${tail}`);
}
