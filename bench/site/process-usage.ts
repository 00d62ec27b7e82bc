// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** `USER_HZ`, in which Linux tells user space of time on all its platforms. */
const TICKS_PER_SECOND = 100;
const USER_TIME = 11;

/**
 * Milliseconds of processor time, user and system, that a process has used with all its threads and with its children
 * that ended. Steps of 10 ms.
 * @see proc_pid_stat(5)
 */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(USER_TIME, USER_TIME + 4).reduce((sum, field) => sum + Number(field), 0);
  return (ticks * 1_000) / TICKS_PER_SECOND;
}

function statusBytes(pid: number, name: string): number {
  const [, kilobytes = '0'] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readStatus(pid)) ?? [];
  return Number(kilobytes) * 1_024;
}

function readStatus(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'utf8');
}

/** Resident bytes now. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, 'VmRSS');
}

/** The most resident bytes that there were since `forgetPeak`. */
export function peakResidentBytes(pid: number): number {
  return statusBytes(pid, 'VmHWM');
}

/** Sets the peak back to what is resident now (proc_pid_clear_refs(5), value 5). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The process that has this argument on its command line, if there is one. */
export function findByArgument(argument: string): number | undefined {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(argument)) return Number(name);
    } catch {
      // It has ended meanwhile.
    }
  }
  return undefined;
}
