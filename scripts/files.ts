// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const MAX_LINES = 400;
/** Data that a program wrote: as long as what it tells of. */
const GENERATED: ReadonlySet<string> = new Set(['packages/kube/src/protobuf/built-in-types.ts']);
const LICENCE = 'SPDX-License-Identifier: Apache-2.0';
const CODE = /\.(?:ts|tsx|js|go|css)$/;
const VAGUE = /(?:^|[-.])(?:utils?|helpers?|common|misc|manager)(?:[-.]|$)/;
const PACKAGE_ROOT = /^(?:packages|apps)\/[^/]+\/src\/index\.ts$|^lab\/src\/index\.ts$/;

/** A file of the repository: path from its root, and what it holds. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The files that git has or would add, without those that are deleted in the work tree. */
export function readSourceFiles(root: string): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((path) => CODE.test(path) && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** What each file breaks of the rules that no linter holds: licence header, length, names, and where `index.ts` may be. */
export function fileProblems(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    const count = lines.length - (lines.at(-1) === '' ? 1 : 0);
    const head = lines[0]?.startsWith('#!') ? lines[1] : lines[0];
    const problems = [
      head !== (path.endsWith('.css') ? `/* ${LICENCE} */` : `// ${LICENCE}`) && 'does not start with its licence',
      count > MAX_LINES && !GENERATED.has(path) && `has ${count} lines, more than ${MAX_LINES}`,
      VAGUE.test(basename(path)) && 'has a name that says nothing',
      basename(path) === 'index.ts' && !PACKAGE_ROOT.test(path) && 'is an index.ts below the root of a package',
    ];
    return problems.filter((problem) => problem !== false).map((problem) => `${path} ${problem}`);
  });
}
