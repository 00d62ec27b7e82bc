// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';

/** Prints a line; false when nobody reads any more. */
export type PrintLine = (text: string) => Promise<boolean>;

/** Prints lines at the pace of whoever reads stdout, so that a long log is never held in memory. */
export function pacedPrint(print: (text: string) => void): PrintLine {
  const { stdout } = process;
  let isGone = false;
  stdout.once('error', () => {
    isGone = true;
  });
  return async (text) => {
    if (isGone) return false;
    print(`${text}\n`);
    if (stdout.writableNeedDrain) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => []);
    return !isGone;
  };
}
