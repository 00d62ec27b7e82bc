// SPDX-License-Identifier: Apache-2.0
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';

/** What a gateway takes of a plan. */
const MAX_BYTES = 1_048_576;
const MANIFEST = /\.(?:ya?ml|json)$/;

/** A text of manifests, and what it is called. */
export interface ManifestText {
  readonly where: string;
  readonly text: string;
}

async function readWhole(chunks: AsyncIterable<Buffer>, where: string): Promise<ManifestText> {
  const read: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new CliError(2, `${where} is longer than ${MAX_BYTES} bytes`);
    read.push(chunk);
  }
  return { where, text: Buffer.concat(read).toString('utf8') };
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const found = (await readdir(path)).filter((name) => MANIFEST.test(name)).sort();
  if (found.length === 0) throw new CliError(2, `there is no .yaml, .yml or .json in ${path}`);
  return found.map((name) => join(path, name));
}

async function readFiles(path: string): Promise<readonly ManifestText[]> {
  const texts: ManifestText[] = [];
  for (const file of await filesOf(path)) {
    await using handle = await open(file);
    texts.push(await readWhole(handle.createReadStream({ autoClose: false }), file));
  }
  return texts;
}

/**
 * Reads manifests from files, from folders (not those within) and, for `-`, from standard input, in order.
 * @throws CliError (2) where one is not there, or is too long
 */
export async function readManifests(
  paths: readonly string[],
  stdin: AsyncIterable<Buffer>,
): Promise<readonly ManifestText[]> {
  const texts: ManifestText[] = [];
  for (const path of paths) {
    try {
      texts.push(...(path === '-' ? [await readWhole(stdin, 'what came in')] : await readFiles(path)));
    } catch (cause) {
      if (cause instanceof CliError) throw cause;
      const { code } = cause as NodeJS.ErrnoException;
      const problem = code === 'ENOENT' ? 'is not there' : `can't be read (${code})`;
      throw new CliError(2, `${path} ${problem}`, { cause });
    }
  }
  return texts;
}
