// SPDX-License-Identifier: Apache-2.0
// A guard that has never been red is no guard: each violation here is planted in a copy of the tree and must be found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from './run-step.ts';

const SPDX = '// SPDX-License-Identifier: Apache-2.0\n';
const copied = [
  'packages',
  'apps',
  'biome.json',
  '.oxlintrc.json',
  '.gitignore',
  'tsconfig.json',
  'tsconfig.pure.json',
  'package.json',
];

interface Violation {
  readonly rule: string;
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly found: RegExp;
}

const lint = (file: string) => ['biome', 'lint', file];
const longFunction = `export function long(): number {\n${'  void 0;\n'.repeat(61)}  return 0;\n}\n`;

const violations: readonly Violation[] = [
  {
    rule: 'packages do no I/O',
    files: {
      'packages/kube/src/planted.ts': "import { readFileSync } from 'node:fs';\nexport const planted = readFileSync;\n",
    },
    command: lint('packages/kube/src/planted.ts'),
    found: /noNodejsModules/,
  },
  {
    rule: 'packages have no clock',
    files: { 'packages/kube/src/planted.ts': 'export const planted = (): number => Date.now();\n' },
    command: lint('packages/kube/src/planted.ts'),
    found: /noRestrictedGlobals/,
  },
  {
    rule: 'packages know no Node types',
    files: { 'packages/kube/src/planted.ts': "export const planted = Buffer.from('');\n" },
    command: ['tsc', '-p', 'tsconfig.pure.json'],
    found: /planted\.ts.*Buffer/,
  },
  {
    rule: 'no undeclared import of a workspace',
    files: { 'packages/kube/src/planted.ts': "export { Fault } from '@countersign/gateway';\n" },
    command: lint('packages/kube/src/planted.ts'),
    found: /noUndeclaredDependencies/,
  },
  {
    rule: 'no climbing into another package',
    files: { 'packages/mask/src/planted.ts': "export * from '../../../packages/kube/src/request.ts';\n" },
    command: lint('packages/mask/src/planted.ts'),
    found: /noRestrictedImports/,
  },
  {
    rule: 'stages do not import one another',
    files: { 'apps/gateway/src/stages/planted.ts': "export { receive } from './receive.ts';\n" },
    command: lint('apps/gateway/src/stages/planted.ts'),
    found: /noRestrictedImports/,
  },
  {
    rule: 'what a browser loads asks nothing of Node',
    files: { 'apps/console/src/view/planted.ts': "export { readFileSync } from 'node:fs';\n" },
    command: lint('apps/console/src/view/planted.ts'),
    found: /noNodejsModules/,
  },
  {
    rule: 'the console writes text, never markup',
    files: {
      'apps/console/src/parts/planted.tsx':
        "import type { JSX } from 'preact';\nexport const planted = (html: string): JSX.Element => (\n  <p dangerouslySetInnerHTML={{ __html: html }} />\n);\n",
    },
    command: lint('apps/console/src/parts/planted.tsx'),
    found: /noDangerouslySetInnerHtml/,
  },
  {
    rule: 'no import cycles',
    files: {
      'apps/gateway/src/planted-a.ts': "import { b } from './planted-b.ts';\nexport const a = (): number => b();\n",
      'apps/gateway/src/planted-b.ts': "import { a } from './planted-a.ts';\nexport const b = (): number => a();\n",
    },
    command: lint('apps/gateway/src/planted-a.ts'),
    found: /noImportCycles/,
  },
  {
    rule: 'functions end',
    files: { 'apps/gateway/src/planted.ts': longFunction },
    command: lint('apps/gateway/src/planted.ts'),
    found: /noExcessiveLinesPerFunction/,
  },
  {
    rule: 'no promise floats',
    files: {
      'apps/gateway/src/planted.ts': 'async function f(): Promise<void> {}\nexport function g(): void {\n  f();\n}\n',
    },
    command: ['oxlint', '--type-aware', '-c', '.oxlintrc.json', 'apps/gateway/src/planted.ts'],
    found: /no-floating-promises/,
  },
  {
    rule: 'no promise where a truth is wanted',
    files: {
      'apps/gateway/src/planted.ts':
        'async function f(): Promise<boolean> {\n  return false;\n}\nexport function g(): void {\n  if (f()) throw new TypeError();\n}\n',
    },
    command: ['oxlint', '--type-aware', '-c', '.oxlintrc.json', 'apps/gateway/src/planted.ts'],
    found: /no-misused-promises/,
  },
  {
    rule: 'no case is forgotten',
    files: {
      'apps/gateway/src/planted.ts':
        "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 0;\n}\n",
    },
    command: ['oxlint', '--type-aware', '-c', '.oxlintrc.json', 'apps/gateway/src/planted.ts'],
    found: /switch-exhaustiveness-check/,
  },
];

describe('guards', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-guards-'));
    for (const path of copied)
      cpSync(join(root, path), join(dir, path), { recursive: true, filter: (from) => !from.includes('node_modules') });
    symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  });
  after(() => rmSync(dir, { recursive: true }));

  const run = ([tool = '', ...args]: readonly string[]) =>
    spawnSync(join(root, 'node_modules', '.bin', tool), args, { cwd: dir, encoding: 'utf8' });

  for (const { rule, files, command, found } of violations) {
    it(`${rule}: a violation is found`, () => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), SPDX + text);
      }
      const { status, stdout, stderr } = run(command);
      for (const path of Object.keys(files)) rmSync(join(dir, path));
      assert.notEqual(status, 0, `${command.join(' ')} passed`);
      assert.match(stdout + stderr, found);
    });
  }
});
