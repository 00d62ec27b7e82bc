// SPDX-License-Identifier: Apache-2.0
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const RELATIVE_IMPORT = /(?:\bfrom|\bimport) ?\(?'(\.{1,2}\/[^']+)'/g;

/** The relative imports of JavaScript below `dir` that lead to no file: what the compiler has left out or not rewritten. */
export function missingImports(dir: string): readonly string[] {
  return globSync('**/*.js', { cwd: dir, exclude: ['**/node_modules/**'] }).flatMap((file) =>
    [...readFileSync(join(dir, file), 'utf8').matchAll(RELATIVE_IMPORT)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(dir, dirname(file), target)))
      .map((target) => `${file} imports ${target}`),
  );
}
