// SPDX-License-Identifier: Apache-2.0
import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Replaces a file in one step, so that whoever watches it never reads a part. Its folder holds a hidden file meanwhile. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const whole = join(dirname(path), `.${basename(path)}.new`);
  await writeFile(whole, text);
  await rename(whole, path);
}
