// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Peer, startPeer } from './peer-process.ts';
import type { Site } from './site.ts';

const run = promisify(execFile);
const SOURCE = fileURLToPath(new URL('../go-proxy', import.meta.url));
const BUILD_MS = 300_000;

/** A plain reverse proxy of Go's standard library. */
export interface GoProxy extends Peer {
  readonly kind: 'running';
  /** As `go version` says it. */
  readonly version: string;
}

/** Builds and starts it with the Go on PATH. `absent` where there is none, or where it can't build the proxy. */
export async function startGoProxy(
  site: Site,
  stack: AsyncDisposableStack,
): Promise<GoProxy | { readonly kind: 'absent'; readonly why: string }> {
  const dir = join(site.dir, 'go-proxy');
  const binary = join(dir, 'go-proxy');
  let version: string;
  try {
    await mkdir(dir, { recursive: true });
    version = (await run('go', ['version'])).stdout.trim();
    // The standard library is all it needs: nothing may be fetched.
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '', CGO_ENABLED: '0' };
    await run('go', ['build', '-o', binary, '.'], { cwd: SOURCE, env, timeout: BUILD_MS });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      kind: 'absent',
      why: code === 'ENOENT' ? 'no go on PATH' : `go can't build it: ${message.split('\n')[0]}`,
    };
  }
  const peer = await startPeer(site, stack, { name: 'the Go proxy', command: [binary], logFile: join(dir, 'log') });
  return { kind: 'running', ...peer, version };
}
