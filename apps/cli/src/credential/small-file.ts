// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';

/** The longest that is read. */
export const MAX_BYTES = 64 * 1024;

/**
 * Reads a text file of at most 64 KiB, without the space around it.
 * @throws CliError (2) that names the file and what it is for
 */
export async function readSmallFile(path: string, what: string): Promise<string> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === 'ENOENT' ? 'is not there' : `can't be read (${error.code})`;
    throw new CliError(2, `${what} ${path} ${problem}`, { cause: error });
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES + 1));
    if (bytesRead > MAX_BYTES) throw new CliError(2, `${what} ${path} is longer than ${MAX_BYTES} bytes`);
    const text = buffer.toString('utf8', 0, bytesRead).trim();
    if (text === '') throw new CliError(2, `${what} ${path} is empty`);
    return text;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(2, `${what} ${path} can't be read`, { cause: error });
  } finally {
    await file.close();
  }
}
