// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../lab-error.ts';

const POLL_MS = 10;
const KILL_TIMEOUT_MS = 15_000;

/** A process that can be told from a later one with the same number. `started` is opaque and only compared. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

/** The identity of a running process, or undefined if there is none with this number (a zombie counts as none). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.started === identity.started;
}

/**
 * Kills each process with its process group, one after the other in this order, and resolves once all of them are gone.
 * A parent that comes after its child thus lives to collect it; without that the kernel would hand the dead child to the
 * machine's first process, and a process namespace is not gone before its last dead process has been collected.
 * @throws LabError `ERR_LAB_NOT_READY` if one outlives SIGKILL by 15 s
 */
export async function killProcesses(identities: readonly ProcessIdentity[]): Promise<void> {
  for (const identity of identities) {
    if (isRunning(identity)) signalGroup(identity.pid);
    const deadline = performance.now() + KILL_TIMEOUT_MS;
    while (isRunning(identity)) {
      if (performance.now() > deadline) {
        throw new LabError('ERR_LAB_NOT_READY', `process ${identity.pid} outlived SIGKILL`);
      }
      await delay(POLL_MS);
    }
  }
}

function signalGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** Field 22 of proc_pid_stat(5), counted after the command's closing parenthesis, because a command may hold spaces. */
function startedOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  if (ticks === undefined || state === 'Z' || state === 'X') return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${ticks}`;
}

function startedElsewhere(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    return state?.startsWith('Z') ? undefined : started;
  } catch {
    return undefined;
  }
}
