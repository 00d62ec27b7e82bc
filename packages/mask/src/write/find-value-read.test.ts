// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJson } from '@countersign/kube';
import { planFor } from '../fixtures/run-masker.ts';
import { findValueRead } from './find-value-read.ts';

const json = (value: unknown) => parseJson(Buffer.from(JSON.stringify(value)));
const readOf =
  (resource?: string) =>
  (...operations: readonly object[]) =>
    findValueRead(json(operations), planFor('patch', resource));
const read = readOf();

describe('findValueRead, of Secrets', () => {
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
    assert.equal(findValueRead(new Map([['op', 'add']]), planFor('patch')), '[0]');
  });
});

describe('findValueRead, of other objects', () => {
  const ofDeployment = readOf('apps/deployments');
  const container = '/spec/template/spec/containers/0';

  it('lets pass a test for what would be shown in the clear', () => {
    for (const [path, value] of [
      ['/metadata/resourceVersion', '7'],
      ['/metadata/annotations/example.org~1owner', 'shop-team'],
      ['/metadata/labels', { app: 'x' }],
      ['/spec/replicas', 3],
      ['/spec/paused', true],
      ['/spec/strategy', null],
      [`${container}/image`, 'registry.example.com/app:1'],
      [`${container}/name`, 'app'],
      [`${container}/env/0`, { name: 'LOG_LEVEL', value: 'debug' }],
      [`${container}/args`, ['--listen', ':8080']],
      ['/status/conditions/0/message', 'all is well'],
    ] as const) {
      assert.equal(ofDeployment({ op: 'test', path, value }), undefined, path);
    }
    assert.equal(readOf('/configmaps')({ op: 'test', path: '/data/log.level', value: 'debug' }), undefined);
    assert.equal(readOf('example.org/widgets')({ op: 'test', path: '/spec/size', value: 3 }), undefined);
  });

  it('finds a test that is a guess', () => {
    for (const [path, value] of [
      [`${container}/env/0/value`, 'debug'],
      [`${container}/env/-1/value`, 'debug'],
      [`${container}/env/0`, { name: 'DB_PASSWORD', value: 'guess' }],
      [`${container}/env`, [{ name: 'DB_PASSWORD', value: 'guess' }]],
      [`${container}/args/1`, 'guess'],
      [`${container}/args/-1`, 'guess'],
      [`${container}/args`, ['--token', 'guess']],
      ['/metadata/annotations/example.org~1api-token', 'guess'],
      ['/spec/description', 'postgres://app:guess@db'],
      ['', { spec: { template: { spec: { containers: [{ env: [{ name: 'API_TOKEN', value: 'guess' }] }] } } } }],
      ['no pointer', 'guess'],
    ] as const) {
      assert.equal(ofDeployment({ op: 'test', path, value }), '[0]', path);
    }
    const ofConfigMap = readOf('/configmaps');
    assert.equal(ofConfigMap({ op: 'test', path: '/data/DB_PASSWORD', value: 'guess' }), '[0]');
    assert.equal(ofConfigMap({ op: 'test', path: '/data/app.env', value: 'TOKEN=guess' }), '[0]');
    assert.equal(ofConfigMap({ op: 'test', path: '/data/0', value: 'TOKEN=guess' }), '[0]');
    const ofWidget = readOf('example.org/widgets');
    assert.equal(ofWidget({ op: 'test', path: '/spec/adminPassword', value: 'guess' }), '[0]');
    assert.equal(ofWidget({ op: 'test', path: '/spec', value: { adminPassword: 'guess' } }), '[0]');
    assert.equal(ofWidget({ op: 'test', path: '/spec/pin_password', value: 123456 }), '[0]');
    // What stands beside it may say that it is a Secret.
    assert.equal(ofWidget({ op: 'test', path: '/spec/manifests/0/data/color', value: 'cmVk' }), '[0]');
    assert.equal(ofWidget({ op: 'test', path: '/spec/manifests/0/data', value: { color: 'cmVk' } }), '[0]');
    assert.equal(
      ofWidget({ op: 'test', path: '/spec/manifests', value: [{ kind: 'Secret', data: { a: 'eA==' } }] }),
      '[0]',
    );
  });

  it('lets nothing be carried away but what is never masked', () => {
    for (const op of ['copy', 'move']) {
      for (const from of [`${container}/env/0/value`, container, '/spec', '/metadata/annotations/a', '/status', '']) {
        assert.equal(ofDeployment({ op, from, path: '/metadata/labels/x' }), '[0]', from);
      }
      assert.equal(ofDeployment({ op, from: '/spec/selector/matchLabels/app', path: '/metadata/labels/x' }), undefined);
    }
  });
});
