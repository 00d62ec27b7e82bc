// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from 'node:v8';

const SIZE = '--max-semi-space-size';
const FLAGS: readonly string[] = [
  // In MiB; twice as much again is what V8 makes of it: two halves, and one to copy into.
  `${SIZE}=8`,
  // Of so little, waking other threads to share the work costs more than the work, and waiting for them takes longer.
  '--no-parallel-scavenge',
  // What is made for a request often outlives a collection, and would soon be made in the old generation, where it keeps what
  // hangs on it, after its request, until that is collected: then every two seconds under load.
  '--no-allocation-site-pretenuring',
  // What outlives two collections of the young, buffers too, may grow by this part of what is in use before it is collected.
  '--heap-growing-percent=80',
];

const GROWTH = '--heap-growing-percent';
/**
 * A connector holds some 20 MiB, and V8 would look through them after each 10 MiB that flowed, for which two thirds of its
 * time went.
 */
const CONNECTOR_GROWTH = `${GROWTH}=200`;

/** The verbs under which everything that flows is short-lived: chunks that are read, masked and written. */
const SERVERS: readonly (string | undefined)[] = ['up', 'gateway'];

/**
 * Starts a server's process anew, with the same id, so that V8 collects what is short-lived from 8 MiB on, on the thread
 * that made it, and what lived longer once it has grown by four fifths. Left alone it lets the young grow with the traffic
 * to more than 64 MiB, and buffers that wait for nobody any more to 64 MiB besides, which a gateway then holds for good.
 * Lets the old generation of a connector grow to three times what is in use. Does nothing for other verbs, where an option
 * was given, or where a process can't be replaced (Windows).
 * @see https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib
 */
export function boundHeap(): void {
  // In its place: who started a connector holds a channel to it.
  if (process.argv[2] === 'connector' && !isGiven(GROWTH)) setFlagsFromString(CONNECTOR_GROWTH);
  if (!SERVERS.includes(process.argv[2]) || isGiven(SIZE) || process.execve === undefined) return;
  process.execve(
    process.execPath,
    [process.execPath, ...FLAGS, ...process.execArgv, ...process.argv.slice(1)],
    process.env,
  );
}

function isGiven(option: string): boolean {
  return [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((one) => one.includes(option));
}
