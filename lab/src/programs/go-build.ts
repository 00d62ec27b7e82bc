// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LabError } from '../lab-error.ts';
import { KUBERNETES_VERSION, type ProgramName } from '../versions.ts';
import { cachedProgramPath, installProgram, programGroup } from './program-cache.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const TAIL_CHARACTERS = 2_000;

/** One program to compile from the modules that the `go.sum` files under `programs` pin. */
export interface BuildRequest {
  readonly name: ProgramName;
  readonly go: string;
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compiles one program into the cache. Go's own build cache makes a second try go on where the first was broken off.
 * @throws LabError `ERR_LAB_BUILD_FAILED` with the end of the compiler's output
 */
export async function buildProgram(request: BuildRequest): Promise<void> {
  const { name, go, env, signal } = request;
  const cwd = fileURLToPath(new URL(`../../programs/${programGroup(name)}`, import.meta.url));
  await installProgram(cachedProgramPath(request.cacheDir, name, KUBERNETES_VERSION), async (temporary) => {
    const args = ['build', '-trimpath', '-ldflags', linkerFlags(name), '-o', temporary, modulePackage(name)];
    try {
      await run(go, args, {
        cwd,
        env: { ...env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
        maxBuffer: MAX_OUTPUT_BYTES,
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      signal?.throwIfAborted();
      const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
      const message = `go could not build ${name}:\n${output.trim().slice(-TAIL_CHARACTERS)}`;
      throw new LabError('ERR_LAB_BUILD_FAILED', message, { cause: error });
    }
  });
}

function modulePackage(name: ProgramName): string {
  if (name === 'etcd') return 'go.etcd.io/etcd/server/v3';
  return name === 'sample-apiserver' ? 'k8s.io/sample-apiserver' : `k8s.io/kubernetes/cmd/${name}`;
}

/** Kubernetes learns its version from its linker, and its clients behave by what it says. */
function linkerFlags(name: ProgramName): string {
  if (name === 'etcd') return '-s -w';
  const [major, minor] = KUBERNETES_VERSION.split('.');
  const stamps = {
    'k8s.io/component-base/version.gitVersion': `v${KUBERNETES_VERSION}`,
    'k8s.io/component-base/version.gitMajor': major,
    'k8s.io/component-base/version.gitMinor': minor,
    'k8s.io/client-go/pkg/version.gitVersion': `v${KUBERNETES_VERSION}`,
  };
  return ['-s -w', ...Object.entries(stamps).map(([symbol, value]) => `-X ${symbol}=${value}`)].join(' ');
}
