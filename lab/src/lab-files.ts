// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './lab-error.ts';

const MARKER = 'lab.json';

/** What a lab's directory holds only while the lab lives. */
export const THROWAWAY: readonly string[] = ['pki', 'etcd', 'node', 'credentials', 'config'];

/** What stays behind for the reader when a lab has stopped. */
const KEPT: readonly string[] = ['logs', 'audit.log'];

/** The files of one lab; all absolute. */
export interface LabFiles {
  readonly dir: string;
  readonly pki: string;
  readonly etcdData: string;
  readonly node: string;
  readonly config: string;
  readonly credentials: string;
  readonly logs: string;
  readonly auditLog: string;
}

/** Names a lab's files without touching them. */
function labFiles(dir: string): LabFiles {
  return {
    dir,
    pki: join(dir, 'pki'),
    etcdData: join(dir, 'etcd'),
    node: join(dir, 'node'),
    config: join(dir, 'config'),
    credentials: join(dir, 'credentials'),
    logs: join(dir, 'logs'),
    auditLog: join(dir, 'audit.log'),
  };
}

/**
 * Makes `dir` a lab's empty directory, readable by its owner only. What an earlier lab left there is removed.
 * @throws LabError `ERR_LAB_OPTION` if the directory holds something that no lab put there
 */
export async function prepareLabDir(dir: string): Promise<LabFiles> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const found = await readdir(dir);
  const known = new Set([MARKER, ...THROWAWAY, ...KEPT]);
  if (found.length > 0 && !found.includes(MARKER)) {
    throw new LabError('ERR_LAB_OPTION', `${dir} is not empty and no lab's directory; name another one`);
  }
  for (const name of found) if (known.has(name)) await rm(join(dir, name), { recursive: true, force: true });
  await writeFile(join(dir, MARKER), '{"lab":1}\n', { mode: 0o600 });
  const files = labFiles(dir);
  for (const path of [files.pki, files.etcdData, files.config, files.credentials, files.logs]) {
    await mkdir(path, { mode: 0o700 });
  }
  return files;
}
