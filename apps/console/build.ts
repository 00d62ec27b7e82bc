// SPDX-License-Identifier: Apache-2.0
// `node apps/console/build.ts [--if-stale]`: the console as files below `apps/console/dist`. Needs no network.
import { globSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { consoleAssets } from './src/index.ts';

const root = import.meta.dirname;
const SOURCES = ['src/**/*', 'index.html', 'build.ts', 'package.json', '../../package-lock.json'];

/** Whether a source is younger than what was built of it. */
function isStale(): boolean {
  const built = statSync(join(consoleAssets(), 'index.html'), { throwIfNoEntry: false });
  if (!built) return true;
  return globSync(SOURCES, { cwd: root }).some((file) => statSync(join(root, file)).mtimeMs > built.mtimeMs);
}

/**
 * Every file of code, style and image is one under a name of its content: nothing may stand in the page itself. What is
 * there is replaced at once: another one may be building, or serving it.
 */
async function buildConsole(): Promise<void> {
  const { build } = await import('vite');
  const outDir = join(root, '../../node_modules/.cache/countersign', `console-${process.pid}`);
  await build({
    root,
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { outDir, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  rmSync(consoleAssets(), { recursive: true, force: true });
  renameSync(outDir, consoleAssets());
}

const { values } = parseArgs({ options: { 'if-stale': { type: 'boolean', default: false } } });
if (!values['if-stale'] || isStale()) await buildConsole();
