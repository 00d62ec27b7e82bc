// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJson } from '@countersign/kube';
import { planFor } from '../fixtures/run-masker.ts';
import { learnFromWrite } from './learn-from-write.ts';

const bytes = (text: string) => Buffer.from(text);
const base64 = (text: string) => bytes(text).toString('base64');

function write(body: unknown, resource?: string) {
  const text = bytes(JSON.stringify(body));
  const written = { value: parseJson(text), bytes: text, isJsonPatch: Array.isArray(body) };
  const { learned, carriesValues } = learnFromWrite(written, planFor('patch', resource));
  return { carriesValues, knows: (value: string) => learned.isIn(bytes(`x ${value} y`)) };
}

const deployment = (env: object, more: object = {}) => ({
  spec: { replicas: 3, template: { spec: { containers: [{ name: 'app', image: 'app:1', env: [env], ...more }] } } },
});

describe('learnFromWrite, of Secrets', () => {
  it('learns from objects and patches', () => {
    const secret = {
      kind: 'Secret',
      metadata: { name: 'a-public-name' },
      data: { a: base64('value-in-data') },
      stringData: { b: 'value-in-string' },
    };
    const { knows, carriesValues } = write(secret);
    assert.ok(carriesValues && knows('value-in-data') && knows('value-in-string'));
    assert.equal(knows('a-public-name'), false);
    const patch = write([{ op: 'replace', path: '/data', value: { deep: [base64('value-in-patch')] } }]);
    assert.ok(patch.knows('value-in-patch') && patch.knows(base64('value-in-patch')));
  });

  it('finds nothing in a change of labels', () => {
    assert.equal(write({ metadata: { labels: { app: 'x' } } }).carriesValues, false);
    assert.equal(write([{ op: 'add', path: '/metadata/labels/a', value: 'b' }]).carriesValues, false);
  });
});

describe('learnFromWrite, of other objects', () => {
  it('learns what names and detectors mask', () => {
    const { knows, carriesValues } = write(
      deployment({ name: 'DB_PASSWORD', value: 'Xk93kfj2-value' }, { args: ['--token', 'Kd8sj3-argument'] }),
      'apps/deployments',
    );
    assert.ok(carriesValues && knows('Xk93kfj2-value') && knows('Kd8sj3-argument'));
    assert.equal(knows('deployment'), false);
    const custom = write({ spec: { adminPassword: 'Jd8sk2-custom' } }, 'example.org/widgets');
    assert.ok(custom.carriesValues && custom.knows('Jd8sk2-custom'));
  });

  it('does not learn words, which stand everywhere, but says that there are values', () => {
    const { knows, carriesValues } = write(deployment({ name: 'DB_PASSWORD', value: 'postgres' }), 'apps/deployments');
    assert.deepEqual([carriesValues, knows('postgres')], [true, false]);
  });

  it('finds nothing where nothing is masked', () => {
    const plain = deployment({ name: 'LOG_LEVEL', value: 'debug' });
    for (const body of [plain, { spec: { replicas: 2 } }, { metadata: { labels: { a: 'b' } } }]) {
      assert.equal(write(body, 'apps/deployments').carriesValues, false, JSON.stringify(body));
    }
  });

  it('reads a JSON patch by where it writes, and takes all strings where that is not certain', () => {
    const env = '/spec/template/spec/containers/0/env';
    const carries = (path: string, value: unknown) =>
      write([{ op: 'add', path, value }], 'apps/deployments').carriesValues;
    assert.equal(carries('/spec/replicas', 3), false);
    assert.equal(carries('/spec/template/spec/containers/0/image', 'app:2'), false);
    assert.equal(carries(`${env}/0/value`, 'anything at all'), true);
    assert.equal(carries(`${env}/-`, { name: 'LOG_LEVEL', value: 'debug' }), false);
    assert.equal(carries(`${env}/-`, { name: 'API_TOKEN', value: 'debug' }), true);
    assert.equal(carries('/spec/template/spec/containers/0/args/1', 'x1'), true);
    assert.equal(write([{ op: 'add', path: 'no pointer', value: ['Xk93kfj2-x'] }], '/pods').knows('Xk93kfj2-x'), true);
  });
});
