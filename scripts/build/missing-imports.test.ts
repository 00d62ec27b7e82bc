// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { missingImports } from './missing-imports.ts';

test('an import that leads nowhere is told, in each of its forms', () => {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-imports-'));
  mkdirSync(join(dir, 'src'));
  const lines = [
    "import { a } from './there.js';",
    "export { b } from './gone.js';",
    "import './unloaded.ts';",
    "const c = await import('../late.js');",
    "import manifest from '../package.json' with { type: 'json' };",
    "import { d } from 'elsewhere';",
  ];
  writeFileSync(join(dir, 'src', 'index.js'), lines.join('\n'));
  writeFileSync(join(dir, 'src', 'there.js'), '');
  writeFileSync(join(dir, 'package.json'), '{}');
  const missing = missingImports(dir);
  rmSync(dir, { recursive: true });
  assert.deepEqual(missing, [
    'src/index.js imports ./gone.js',
    'src/index.js imports ./unloaded.ts',
    'src/index.js imports ../late.js',
  ]);
});
