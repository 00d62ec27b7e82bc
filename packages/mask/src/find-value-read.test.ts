// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJson } from '@countersign/kube';
import { findValueRead } from './find-value-read.ts';

const read = (...operations: readonly object[]) => findValueRead(parseJson(Buffer.from(JSON.stringify(operations))));

describe('findValueRead', () => {
  it('lets pass what only writes, and tests of what is shown anyway', () => {
    assert.equal(read(), undefined);
    assert.equal(
      read(
        { op: 'test', path: '/metadata/resourceVersion', value: '7' },
        { op: 'test', path: '/metadata/labels/app.kubernetes.io~1name', value: 'db' },
        { op: 'test', path: '/type', value: 'Opaque' },
        { op: 'add', path: '/data/password', value: 'bmV3' },
        { op: 'replace', path: '/data/user', value: 'bmV3' },
        { op: 'remove', path: '/data/old' },
      ),
      undefined,
    );
  });

  it('finds every way to carry a value away', () => {
    for (const op of ['copy', 'move']) {
      for (const path of ['/metadata/labels/x', '/metadata/ownerReferences/0/name', '/data/other']) {
        assert.equal(read({ op: 'add', path: '/data/x', value: '' }, { op, from: '/data/password', path }), '[1]');
      }
    }
  });

  it('finds every way to compare with a value', () => {
    const paths = [
      '',
      '/',
      '/data',
      '/data/password',
      '/stringData/password',
      '/metadata',
      '/metadata/annotations',
      '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration',
      '/metadata/managedFields/0/fieldsV1',
      // The API server ignores what stands before the first slash.
      'x/data/password',
      'metadata/labels/data/password',
      '/metadata~1labels/../data/password',
    ];
    for (const path of paths) assert.equal(read({ op: 'test', path, value: 'Z3Vlc3M=' }), '[0]', path);
  });

  it('takes what it does not know for reading', () => {
    for (const operation of [{}, { op: 'Copy' }, { op: ['add'] }, { op: 'test' }, [], 'add']) {
      assert.equal(read(operation as object), '[0]', JSON.stringify(operation));
    }
    assert.equal(findValueRead(new Map([['op', 'add']])), '[0]');
  });
});
