// SPDX-License-Identifier: Apache-2.0
// `npm run lab:build`: gets every program of the lab into the cache, so that the first start is a quick one.
import { LabError } from './lab-error.ts';
import { resolvePrograms } from './programs/resolve-programs.ts';
import { formatProgress } from './progress.ts';
import { LAB_PROGRAMS } from './start-lab.ts';

const stop = new AbortController();
// `on`, not `once`: a terminal, npm and a launcher may each send the one signal that was meant.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

try {
  const names = [...LAB_PROGRAMS, 'sample-apiserver' as const].concat(process.platform === 'linux' ? 'kubelet' : []);
  const { paths } = await resolvePrograms(names, {
    signal: stop.signal,
    onProgress: (progress) => process.stdout.write(`${formatProgress(progress)}\n`),
  });
  for (const [name, path] of paths) process.stdout.write(`${name}: ${path}\n`);
} catch (error) {
  if (!(error instanceof LabError) && !stop.signal.aborted) throw error;
  process.stderr.write(
    `lab:build: ${stop.signal.aborted ? 'stopped; what is done is kept' : (error as Error).message}\n`,
  );
  process.exitCode = 1;
}
