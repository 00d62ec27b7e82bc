// SPDX-License-Identifier: Apache-2.0

/** A pipe whose reader has gone, as `head` goes, and a terminal that was closed. */
const NOBODY_READS: readonly (string | undefined)[] = ['EPIPE', 'EIO'];

/**
 * Lets a command go on to its own end, and its exit code, when nobody reads its output any more. Output that can't be
 * written for another reason, as on a full disk, is told once, and the exit code is 1 at least.
 */
export function surviveOutputErrors(outputs: readonly NodeJS.WriteStream[]): void {
  let isTold = false;
  for (const output of outputs) {
    output.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (NOBODY_READS.includes(code) || isTold) return;
      isTold = true;
      process.stderr.write(`countersign: the output can't be written (${code})\n`);
      process.once('exit', () => {
        process.exitCode ||= 1;
      });
    });
  }
}
