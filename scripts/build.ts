// SPDX-License-Identifier: Apache-2.0
// `npm run build [-- --out DIR]`: every published workspace as JavaScript and types below DIR (default `dist`), at its
// path in the repository, and as a package in DIR/tarballs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { missingImports } from './build/missing-imports.ts';
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
process.exitCode = 1;
mkdirSync(tarballs, { recursive: true });

const emit = await runStep({ name: 'emit', args: ['tsc', '-p', 'tsconfig.build.json', '--outDir', out] });
report(emit);
const pages = await runStep({ name: 'console', args: ['node', 'apps/console/build.ts'] });
report(pages);
if (emit.ok && pages.ok) {
  const dirs = publishedWorkspaces().map((workspace) => stageWorkspace(workspace, out));
  const missing = dirs.flatMap((dir) => missingImports(dir).map((line) => `${relative(out, dir)}/${line}`));
  for (const line of missing) process.stdout.write(`FAIL ${line}, which is not there\n`);
  if (missing.length === 0 && pack(dirs, tarballs)) {
    process.stdout.write(`packages are in ${relative(process.cwd(), tarballs)}\n`);
    process.exitCode = 0;
  }
}
