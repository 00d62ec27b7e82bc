// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';

/** Prints a line; false when nobody reads any more. */
export type PrintLine = (text: string) => Promise<boolean>;

let reader: { isGone: boolean } | undefined;

/** Whether anybody still reads stdout: watched once, however often it is asked. */
function watchReader(): { readonly isGone: boolean } {
  if (reader !== undefined) return reader;
  const watched = { isGone: false };
  process.stdout.once('error', () => {
    watched.isGone = true;
  });
  reader = watched;
  return watched;
}

/** Once a stream has been read from, or is none any more; leaves no listener behind, however often it is waited for. */
async function drained(stream: NodeJS.WritableStream): Promise<void> {
  const over = new AbortController();
  const options = { signal: over.signal };
  await Promise.race([once(stream, 'drain', options), once(stream, 'close', options)]).catch(() => []);
  over.abort();
}

/** Prints lines at the pace of whoever reads stdout, so that a long log is never held in memory. */
export function pacedPrint(print: (text: string) => void): PrintLine {
  const { stdout } = process;
  const watched = watchReader();
  return async (text) => {
    if (watched.isGone) return false;
    print(`${text}\n`);
    if (stdout.writableNeedDrain) await drained(stdout);
    return !watched.isGone;
  };
}
