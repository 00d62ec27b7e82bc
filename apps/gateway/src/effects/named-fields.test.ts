// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween, formatChangePath, type JsonValue, parseJson } from '@countersign/kube';
import { namedOf } from './named-fields.ts';

const parsed = (value: object): JsonValue => parseJson(Buffer.from(JSON.stringify(value)));

/** Which fields of what was made are named by what was sent. */
function namedIn(sent: object | undefined, made: object): readonly string[] {
  const after = parsed(made);
  const changes = changesBetween(undefined, after);
  const named = namedOf(sent && parsed(sent), changes);
  return named.map((at) => formatChangePath(changes[at]?.path ?? [], after, 'after'));
}

test('what a body names is told from what the API server adds, also in lists', () => {
  const sent = {
    metadata: { name: 'a', generateName: 'x-' },
    spec: { clusterIP: '', ports: [{ port: 80, nodePort: 0 }], args: ['-c', 'rm'], selector: { app: 'a' }, open: null },
  };
  const made = {
    metadata: { name: 'a', generateName: 'x-', uid: 'u', labels: { added: 'yes' } },
    spec: {
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      ports: [
        { port: 15_000, nodePort: 1 },
        { port: 80, nodePort: 31_000, protocol: 'TCP' },
      ],
      args: ['-c', 'rm'],
      selector: { app: 'a' },
      open: 'by the server',
    },
  };
  assert.deepEqual(namedIn(sent, made), [
    'metadata.generateName',
    'metadata.name',
    'spec.args[0]',
    'spec.args[1]',
    'spec.ports[port=80].port',
    'spec.selector.app',
  ]);
});

test('a value that the API server alters, or leaves empty, is named all the same; what was sent as text is of a Secret', () => {
  assert.deepEqual(namedIn({ spec: { cpu: '1000m', map: { a: 1 } } }, { spec: { cpu: '1', map: {} } }), [
    'spec.cpu',
    'spec.map',
  ]);
  assert.deepEqual(namedIn({ stringData: { password: 'p' } }, { data: { password: 'cA==', other: 'cA==' } }), [
    'data.password',
  ]);
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', own: 'yes' };
  assert.deepEqual(namedIn({ metadata: { annotations } }, { metadata: { annotations } }), ['metadata.annotations.own']);
  assert.deepEqual(namedIn(undefined, { spec: { a: 1 } }), []);
  assert.deepEqual(namedIn([], { spec: { a: 1 } }), []);
});
