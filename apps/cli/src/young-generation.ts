// SPDX-License-Identifier: Apache-2.0

const SIZE = '--max-semi-space-size';
/** Twice as much again is what V8 makes of it: two halves, and one to copy into. */
const MEBIBYTES = 8;
/** Of so little, waking other threads to share the work costs more than the work, and waiting for them takes longer. */
const ON_ONE_THREAD = '--no-parallel-scavenge';

/** The verbs under which everything that flows is short-lived: chunks that are read, masked and written. */
const SERVERS: readonly (string | undefined)[] = ['up', 'gateway'];

/**
 * Starts a server's process anew, with the same id, so that V8 collects what is short-lived from 8 MiB on, on the thread
 * that made it. Left alone it lets that grow with the traffic to more than 64 MiB, which a gateway then holds for good. Does
 * nothing for other verbs, where the flag was given, or where a process can't be replaced (Windows).
 * @see https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib
 */
export function boundYoungGeneration(): void {
  const given = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((option) => option.includes(SIZE));
  if (!SERVERS.includes(process.argv[2]) || given || process.execve === undefined) return;
  const args = [process.execPath, `${SIZE}=${MEBIBYTES}`, ON_ONE_THREAD, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, args, process.env);
}
