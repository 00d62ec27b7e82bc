// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '@countersign/kube';
import fc from 'fast-check';
import { normalBody } from './normal-body.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const normal = (value: unknown) => normalBody(parseJson(Buffer.from(JSON.stringify(value))), 'demo');
const plain = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { tone: 'warm' } };
const withAnnotations = (annotations: object) => ({ ...plain, metadata: { name: 'a', annotations } });

test('an object is the same however kubectl apply, create and helm spell it', () => {
  const { data, ...rest } = plain;
  const said = { ...plain, metadata: { name: 'a', namespace: 'demo', annotations: {} } };
  const spellings = [
    { data, ...rest },
    { ...plain, metadata: { namespace: 'demo', name: 'a' } },
    withAnnotations({}),
    { ...said, metadata: { ...said.metadata, annotations: { [LAST_APPLIED]: `${JSON.stringify(said)}\n` } } },
  ];
  for (const one of spellings) assert.equal(normal(one), normal(plain), JSON.stringify(one));
});

test('whatever else differs is a difference', () => {
  const others = [
    { ...plain, data: { tone: 'loud' } },
    { ...plain, metadata: { name: 'a', namespace: 'other' } },
    { ...plain, metadata: { name: 'a', labels: {} } },
    withAnnotations({ why: 'so' }),
    withAnnotations({ [LAST_APPLIED]: JSON.stringify({ ...plain, data: { tone: 'loud' } }) }),
    withAnnotations({ [LAST_APPLIED]: JSON.stringify(withAnnotations({ why: 'so' })) }),
    withAnnotations({ [LAST_APPLIED]: 'no JSON' }),
    withAnnotations({ [LAST_APPLIED]: null }),
  ];
  for (const one of others) assert.notEqual(normal(one), normal(plain), JSON.stringify(one));
});

test('of two objects that are no spellings of one another, neither is taken for the other', () => {
  const object = fc.dictionary(fc.constantFrom('data', 'spec', 'metadata'), fc.jsonValue({ maxDepth: 3 }));
  const bare = (value: unknown) => JSON.stringify(value, (_, member) => sorted(member));
  fc.assert(
    fc.property(object, object, (one, other) => {
      assert.equal(normal(one) === normal(other), bare(lean(one)) === bare(lean(other)));
    }),
  );
});

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without what the path says again, and without annotations that are none. */
function lean(object: Record<string, unknown>): unknown {
  const { metadata } = object;
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return object;
  const kept = Object.entries(metadata).filter(
    ([name, value]) =>
      !(name === 'namespace' && value === 'demo') && !(name === 'annotations' && JSON.stringify(value) === '{}'),
  );
  return { ...object, metadata: Object.fromEntries(kept) };
}
