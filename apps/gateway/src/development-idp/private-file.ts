// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { DevelopmentIdpError } from './development-idp-error.ts';

async function readPrivateFile(path: string): Promise<string | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new DevelopmentIdpError('ERR_DEVELOPMENT_IDP_FILE', `${path} can't be read: ${error.message}`, {
      cause: error,
    });
  });
  if (!found) return undefined;
  if ((found.mode & 0o077) !== 0) {
    throw new DevelopmentIdpError(
      'ERR_DEVELOPMENT_IDP_FILE',
      `others may read ${path}: run chmod 600 on it, or remove it`,
    );
  }
  return readFile(path, 'utf8');
}

async function writePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/**
 * Reads the file, or makes it with what `create` gives. Only its owner may read it; it appears whole or not at all.
 * @throws DevelopmentIdpError `ERR_DEVELOPMENT_IDP_FILE` when it is there and others may read it
 */
export async function keepPrivateFile(path: string, create: () => Promise<string>): Promise<string> {
  const existing = await readPrivateFile(path);
  if (existing !== undefined) return existing;
  const text = await create();
  await writePrivateFile(path, text);
  return text;
}
