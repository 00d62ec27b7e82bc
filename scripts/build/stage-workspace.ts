// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run-step.ts';
import { type Manifest, publishedManifest } from './published-manifest.ts';

/** Where the packages that are published live, as paths from the root. */
const PUBLISHED = ['packages/*', 'apps/{cli,connector,console,gateway}', 'lab'];

/** What a package reads at run time beside its own code: from there in the repository, to there in the package. */
const DATA: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'apps/cli': { 'apps/cli/bin': 'bin', policies: 'policies', schema: 'schema' },
  'apps/console': { 'apps/console/dist': 'dist' },
  lab: { 'lab/programs': 'programs' },
};

export function publishedWorkspaces(): readonly string[] {
  return globSync(PUBLISHED, { cwd: root })
    .filter((path) => existsSync(join(root, path, 'package.json')))
    .sort();
}

/** Completes what the compiler has emitted for a workspace to a package; returns its directory. */
export function stageWorkspace(workspace: string, out: string): string {
  const target = join(out, workspace);
  mkdirSync(target, { recursive: true });
  const data = { ...DATA[workspace], LICENSE: 'LICENSE' };
  for (const [from, to] of Object.entries(data)) cpSync(join(root, from), join(target, to), { recursive: true });
  const manifest: Manifest = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8'));
  const published = publishedManifest(manifest, ['src', ...Object.values(data)]);
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  return target;
}
