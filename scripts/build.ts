// SPDX-License-Identifier: Apache-2.0
// `npm run build [-- --out DIR]`: every published workspace as JavaScript and types below DIR (default `dist`), at its
// path in the repository, and as a package in DIR/tarballs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { publishedWorkspaces, stageWorkspace } from './build/stage-workspace.ts';
import { report, root, runStep } from './run-step.ts';

/** npm takes a path for the name of a package on its registry unless it starts with a dot or a slash. */
function pack(dirs: readonly string[], destination: string): boolean {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination, ...dirs];
  return spawnSync('npm', args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } });
const out = resolve(root, values.out);
const tarballs = join(out, 'tarballs');
for (const dir of ['packages', 'apps', 'lab', 'tarballs']) rmSync(join(out, dir), { recursive: true, force: true });
mkdirSync(tarballs, { recursive: true });

const emit = await runStep({ name: 'emit', args: ['tsc', '-p', 'tsconfig.build.json', '--outDir', out] });
report(emit);
const packed =
  emit.ok &&
  pack(
    publishedWorkspaces().map((workspace) => stageWorkspace(workspace, out)),
    tarballs,
  );
if (packed) process.stdout.write(`packages are in ${relative(process.cwd(), tarballs)}\n`);
process.exitCode = packed ? 0 : 1;
