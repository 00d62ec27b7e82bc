// SPDX-License-Identifier: Apache-2.0
import { type Dirent, existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
const NAME = /^[A-Za-z0-9_][\w.-]{0,127}$/;
const MAX_FILES = 512;
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** A file of the console, as it is sent. */
export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether its name says what is in it, so that it never changes. */
  readonly isImmutable: boolean;
}

function isServed(entry: Dirent): boolean {
  return entry.isFile() && NAME.test(entry.name) && Object.hasOwn(TYPES, extname(entry.name));
}

/** The files of one folder that are served, read into memory, by path. */
async function filesOf(dir: string, prefix: string): Promise<(readonly [string, Asset])[]> {
  if (!existsSync(dir)) return [];
  const found: (readonly [string, Asset])[] = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const file = join(dir, entry.name);
    if (found.length >= MAX_FILES || !isServed(entry) || (await stat(file)).size > MAX_FILE_BYTES) continue;
    const bytes = new Uint8Array(await readFile(file));
    found.push([
      `${prefix}${entry.name}`,
      { type: TYPES[extname(entry.name)] ?? '', bytes, isImmutable: prefix !== '/' },
    ]);
  }
  return found;
}

/**
 * The console as it was built: what lies in the folder, and in `assets` in it, of the types that a console has. All is in
 * memory from the start, under the paths that are served: no path of a request ever reaches the disk.
 */
export async function loadAssets(dir: string | undefined): Promise<ReadonlyMap<string, Asset>> {
  if (dir === undefined) return new Map();
  return new Map([...(await filesOf(dir, '/')), ...(await filesOf(join(dir, 'assets'), '/assets/'))]);
}
