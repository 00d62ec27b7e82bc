// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishedManifest } from './published-manifest.ts';

test('a published package exports what was emitted, and says nothing of the repository', () => {
  const manifest = {
    name: '@countersign/kube',
    version: '0.1.0',
    private: true,
    type: 'module',
    exports: { '.': './src/index.ts' },
    scripts: { postinstall: 'true' },
    dependencies: { yaml: '2.9.1' },
    devDependencies: { 'fast-check': '4.10.2' },
  };
  assert.deepEqual(publishedManifest(manifest, ['src']), {
    name: '@countersign/kube',
    version: '0.1.0',
    type: 'module',
    dependencies: { yaml: '2.9.1' },
    exports: { '.': { types: './src/index.d.ts', default: './src/index.js' } },
    files: ['src'],
  });
});
