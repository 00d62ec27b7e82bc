// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Child } from './child.ts';
import { adminIdentity } from './kubeconfig-identity.ts';
import type { Site } from './site.ts';

const run = promisify(execFile);
const SOURCE = fileURLToPath(new URL('../go-proxy', import.meta.url));
const BUILD_MS = 300_000;

/** The peer: a plain reverse proxy that calls the API server as its administrator. */
export interface GoProxy {
  readonly kind: 'running';
  readonly pid: number;
  readonly server: string;
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
  const admin = await adminIdentity(site.lab.adminKubeconfig);
  const child = stack.use(
    new Child(
      'the Go proxy',
      binary,
      [
        ...['-upstream', site.lab.server, '-upstream-ca', site.lab.caFile],
        ...['-client-cert', admin.certificateFile, '-client-key', admin.keyFile],
        ...['-server-cert', site.tls.certificateFile, '-server-key', site.tls.keyFile],
      ],
      { logFile: join(dir, 'log'), stdout: 'pipe', stdin: 'pipe' },
    ),
  );
  const lines = createInterface({ input: child.process.stdout as Readable });
  const [server] = (await child.until(once(lines, 'line'))) as [string];
  return { kind: 'running', pid: child.pid, server, version };
}
