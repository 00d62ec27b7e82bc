// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerProblems, readWorkspaces } from './layers.ts';
import { root } from './run-step.ts';

test('every package imports lower ranks only', () => {
  assert.deepEqual(layerProblems(readWorkspaces(root)), []);
});

test('an import of the same or a higher rank, and a package without a rank, are told', () => {
  const problems = layerProblems([
    { name: '@countersign/kube', dependencies: ['@countersign/wire'] },
    { name: '@countersign/gateway', dependencies: ['@countersign/connector'] },
    { name: '@countersign/unranked', dependencies: [] },
  ]);
  assert.deepEqual(problems, [
    '@countersign/kube (rank 0) may not import @countersign/wire (rank 2)',
    '@countersign/gateway (rank 3) may not import @countersign/connector (rank 3)',
    '@countersign/unranked has no rank in layers.json',
  ]);
});
