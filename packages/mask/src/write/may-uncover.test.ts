// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JsonBodyFormat, parseJson } from '@countersign/kube';
import { planFor } from '../fixtures/run-masker.ts';
import { mayUncover } from './may-uncover.ts';

const WIDGETS = 'shop.example.com/widgets';
const DEPLOYMENTS = 'apps/deployments';

const may = (format: JsonBodyFormat, resource: string, body: unknown) =>
  mayUncover(format, parseJson(Buffer.from(JSON.stringify(body))), planFor('patch', resource));
const inTemplate = (container: object) => ({
  metadata: { name: 'shop', labels: { app: 'shop' } },
  spec: { template: { spec: { containers: [{ name: 'shop', ...container }] } } },
});

describe('mayUncover', () => {
  it('finds JSON patches that change a name or shift a command line', () => {
    const container = '/spec/template/spec/containers/0';
    for (const [resource, path] of [
      [WIDGETS, '/spec/params/0/name'],
      [WIDGETS, '/spec/params/-1/key'],
      [WIDGETS, '/spec/auth/key'],
      [WIDGETS, '/spec/args/1'],
      [WIDGETS, '/spec/command/-1'],
      [WIDGETS, '/spec/manifests/0/kind'],
      [WIDGETS, 'no pointer'],
      [DEPLOYMENTS, `${container}/env/0/name`],
      [DEPLOYMENTS, `${container}/env/+0/name`],
      [DEPLOYMENTS, `${container}/args/1`],
      [DEPLOYMENTS, `${container}/command/-`],
      [DEPLOYMENTS, `${container}/livenessProbe/httpGet/httpHeaders/0/name`],
    ] as const) {
      for (const operation of [
        { op: 'replace', path, value: 'note' },
        { op: 'add', path, value: 'note' },
        { op: 'remove', path },
      ]) {
        const before = { op: 'replace', path: '/spec/replicas', value: 1 };
        assert.equal(may('json-patch', resource, [before, operation]), true, JSON.stringify(operation));
      }
    }
    assert.equal(may('json-patch', WIDGETS, { op: 'add' }), true);
  });

  it('lets JSON patches alone that set values, or a name with its value', () => {
    const container = '/spec/template/spec/containers/0';
    for (const [resource, op, path, value] of [
      [WIDGETS, 'replace', '/spec/size', 3],
      [WIDGETS, 'replace', '/spec/params/0', { name: 'note', value: 'x' }],
      [WIDGETS, 'add', '/spec/args/-', '--verbose'],
      [WIDGETS, 'replace', '/spec/args', ['--token', 'x']],
      [WIDGETS, 'test', '/metadata/resourceVersion', '7'],
      [DEPLOYMENTS, 'replace', `${container}/image`, 'shop:2'],
      [DEPLOYMENTS, 'replace', `${container}/env/0/value`, 'x'],
      [DEPLOYMENTS, 'add', `${container}/env/-`, { name: 'A', value: 'x' }],
      [DEPLOYMENTS, 'remove', `${container}/env/0`, undefined],
      [DEPLOYMENTS, 'add', '/metadata/labels/app', 'x'],
      ['/configmaps', 'add', '/data/name', 'x'],
    ] as const) {
      assert.equal(may('json-patch', resource, [{ op, path, value }]), false, path);
    }
  });

  it('finds merge patches of custom resources that name a name outside a list', () => {
    for (const spec of [
      { auth: { key: 'note' } },
      { auth: { key: null } },
      { auth: { name: 'note', value: 'x' } },
      { deep: { er: { name: 'x' } } },
      { manifest: { kind: 'Other' } },
    ]) {
      assert.equal(may('merge-patch', WIDGETS, { spec }), true, JSON.stringify(spec));
    }
    for (const spec of [
      { size: 3 },
      { params: [{ name: 'note', value: 'x' }] },
      { args: ['--token', 'x'] },
      { auth: null },
    ]) {
      const patch = {
        kind: 'Widget',
        metadata: { name: 'main', labels: { name: 'x' }, annotations: { key: 'x' } },
        spec,
      };
      assert.equal(may('merge-patch', WIDGETS, patch), false, JSON.stringify(spec));
    }
  });

  it('lets alone what kubectl sends for built-in objects', () => {
    for (const container of [
      { image: 'shop:2' },
      { env: [{ name: 'LOG_LEVEL', value: 'info' }] },
      { env: [{ $patch: 'delete', name: 'DB_PASSWORD' }], '$setElementOrder/env': [{ name: 'LOG_LEVEL' }] },
      { args: ['--listen=:80'], resources: { limits: { cpu: '1' } } },
      { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    ]) {
      for (const format of ['strategic-merge-patch', 'merge-patch', 'json'] as const) {
        assert.equal(may(format, DEPLOYMENTS, inTemplate(container)), false, JSON.stringify(container));
      }
    }
    const strategy = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
    assert.equal(may('strategic-merge-patch', DEPLOYMENTS, strategy), false);
    for (const format of ['strategic-merge-patch', 'merge-patch', 'apply'] as const) {
      assert.equal(may(format, '/secrets', { data: { name: 'eA==' } }), false);
      assert.equal(may(format, '/configmaps', { data: { name: 'x', key: 'y' } }), false);
    }
  });

  it('finds what takes elements out of a command line, and members out of what anybody may name', () => {
    assert.equal(
      may('strategic-merge-patch', DEPLOYMENTS, inTemplate({ '$deleteFromPrimitiveList/args': ['--token'] })),
      true,
    );
    const withoutCommand = inTemplate({ $retainKeys: ['name', 'image', 'args'] });
    assert.equal(may('strategic-merge-patch', DEPLOYMENTS, withoutCommand), true);
    for (const parameters of [{ $retainKeys: ['value'] }, { name: 'note' }, { list: [{ key: 'note' }] }]) {
      assert.equal(may('strategic-merge-patch', 'storage.k8s.io/storageclasses', { parameters }), true);
    }
  });

  it('takes no apply to a custom resource, or to what has pods, for harmless: what it leaves out it takes away', () => {
    assert.equal(may('apply', DEPLOYMENTS, { spec: { replicas: 1 } }), true);
    assert.equal(may('apply', WIDGETS, { spec: { size: 3 } }), true);
    assert.equal(may('json', WIDGETS, { spec: { auth: { key: 'note' } } }), false);
  });
});
