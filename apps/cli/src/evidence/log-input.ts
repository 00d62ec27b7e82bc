// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogFault } from '@countersign/evidence';
import { type Hash, parsePolicy, TlogError, type TlogPolicy } from '@countersign/tlog';
import { CliError } from '../cli-error.ts';
import { printable } from './printable.ts';

const MAX_BROUGHT_BYTES = 1_048_576;
const WRITER_TRIES = 20;
const WRITER_PAUSE_MS = 50;

/** @throws CliError exit code 2 where the machine does not let us see */
async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw new CliError(2, `can't read ${printable(path)} (${cause.code})`, { cause });
  });
  return found?.isDirectory() === true;
}

/** @throws CliError exit code 2 when there is no such directory */
export async function assertDirectory(dir: string): Promise<void> {
  if (!(await isDirectory(dir))) throw new CliError(2, `there is no directory ${printable(dir)}`);
}

/**
 * Whether `dir` has a log in it: a log without its segments is damaged, but may still be one.
 * @throws CliError exit code 2 when there is no such directory, or it is the one around a log
 */
export async function findLog(dir: string): Promise<boolean> {
  await assertDirectory(dir);
  const hasLog = await isDirectory(join(dir, 'wal'));
  if (!hasLog && (await isDirectory(join(dir, 'log', 'wal')))) {
    throw new CliError(2, `${printable(dir)} is no log itself; the one in it is ${printable(join(dir, 'log'))}`);
  }
  return hasLog;
}

/**
 * A file that the auditor brought, at most 1 MiB.
 * @throws CliError exit code 2
 */
export async function readBrought(path: string, what: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new CliError(2, `${what} is no file: ${printable(path)}`);
  if (found.size > MAX_BROUGHT_BYTES) throw new CliError(2, `${what} is over ${MAX_BROUGHT_BYTES} bytes`);
  return await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(2, `${what} can't be read: ${printable(path)} (${cause.code})`, { cause });
  });
}

/** @throws CliError exit code 3 */
export function parseTrust(hash: Hash, bytes: Uint8Array, path: string): TlogPolicy {
  try {
    return parsePolicy(hash, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const why = cause instanceof TlogError ? printable(cause.message) : 'not UTF-8';
    throw new CliError(3, `the trust file ${printable(path)} is no policy: ${why}`, { cause });
  }
}

/** Gives a gateway that may be writing the log a second in all to finish what looks unfinished. */
export function patience(): () => Promise<boolean> {
  let left = WRITER_TRIES;
  return async () => {
    if (left === 0) return false;
    left -= 1;
    await delay(WRITER_PAUSE_MS);
    return true;
  };
}

/** `entry 12, wal/…seg at byte 4711: <problem>` and both values, each on a line of its own. */
export function describeFault({ file, offset, entry, problem, expected, found }: LogFault): string {
  const place = [
    entry === undefined ? [] : [`entry ${entry}`],
    [`${printable(file)}${offset === undefined ? '' : ` at byte ${offset}`}`],
  ].flat();
  const lines = [`${place.join(', ')}: ${printable(problem)}`];
  if (expected !== undefined) lines.push(`expected ${printable(expected)}`);
  if (found !== undefined) lines.push(`found    ${printable(found)}`);
  return lines.join('\n         ');
}
