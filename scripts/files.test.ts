// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileProblems, readSourceFiles } from './files.ts';
import { root } from './run-step.ts';

const SPDX = '// SPDX-License-Identifier: Apache-2.0\n';

test('every file has its licence, a fair length and a name of its own', () => {
  const files = readSourceFiles(root);
  assert.ok(files.length > 400, `only ${files.length} files were seen`);
  assert.deepEqual(fileProblems(files), []);
});

test('each violation is told', () => {
  const planted = [
    { path: 'lab/src/plain.ts', text: 'export {};\n' },
    { path: 'apps/console/src/plain.css', text: SPDX },
    { path: 'lab/src/long.ts', text: SPDX + 'export {};\n'.repeat(400) },
    { path: 'lab/src/kube-utils.ts', text: SPDX },
    { path: 'lab/src/node/index.ts', text: SPDX },
  ];
  assert.deepEqual(fileProblems(planted), [
    'lab/src/plain.ts does not start with its licence',
    'apps/console/src/plain.css does not start with its licence',
    'lab/src/long.ts has 401 lines, more than 400',
    'lab/src/kube-utils.ts has a name that says nothing',
    'lab/src/node/index.ts is an index.ts below the root of a package',
  ]);
});

test('a script with an interpreter line, a file of 400 lines and the index.ts of a package are fine', () => {
  const fine = [
    { path: 'apps/cli/bin/countersign.js', text: `#!/usr/bin/env node\n${SPDX}` },
    { path: 'lab/src/long.ts', text: SPDX + 'export {};\n'.repeat(399) },
    { path: 'packages/kube/src/index.ts', text: SPDX },
    { path: 'lab/src/commonplace.ts', text: SPDX },
    { path: 'apps/console/src/style.css', text: '/* SPDX-License-Identifier: Apache-2.0 */\n' },
  ];
  assert.deepEqual(fileProblems(fine), []);
});
