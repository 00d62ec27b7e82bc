// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findGo, labCacheDir } from '@countersign/lab';

const SOURCE = fileURLToPath(new URL('./client-go', import.meta.url));

/** Compiles the client-go program into a directory, of modules that its go.sum pins. Go's own cache has what is unchanged. */
export async function buildClientGo(dir: string): Promise<string> {
  const program = join(dir, 'client-go');
  const go = await findGo({ cacheDir: labCacheDir(), env: process.env });
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
  await promisify(execFile)(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', program, '.'], { cwd: SOURCE, env });
  return program;
}
