// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dependencyProblems, readDependencies } from './dependencies.ts';
import { root } from './run-step.ts';

test('every dependency has its line in STYLE.md, and every line its dependency', () => {
  const style = readFileSync(join(root, 'STYLE.md'), 'utf8');
  assert.deepEqual(dependencyProblems(readDependencies(root), style), []);
});

test('a dependency without a line, a line without a dependency and a second line are told', () => {
  const style = [
    '| `outside` | gateway | stands before the section |',
    '## Dependencies',
    '| `kept` | gateway | it does one thing |',
    '| `kept` | cli | and again |',
    '| `gone` | gateway | nobody has it |',
    '| `silent` | gateway | |',
    '## Next',
    '| `outside` | gateway | stands behind the section |',
  ].join('\n');
  assert.deepEqual(dependencyProblems(['kept', 'outside', 'silent'], style), [
    'outside has no line in STYLE.md',
    'silent has no line in STYLE.md',
    "gone in STYLE.md is nobody's dependency",
    'kept stands twice in STYLE.md',
  ]);
});
