// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Ends the watch over a lab that has been reaped already. */
export type DismissReaper = () => void;

/**
 * Starts the process that reaps the lab of `recordPath` as soon as this process ends, however it ends.
 * Neither process keeps the other's event loop alive.
 */
export function startReaper(recordPath: string): DismissReaper {
  const script = fileURLToPath(new URL(`./reaper-main${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [script, recordPath], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
    cwd: '/',
  });
  child.unref();
  const { stdin } = child;
  if (stdin && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  stdin?.on('error', () => {});
  return () => stdin?.end();
}
