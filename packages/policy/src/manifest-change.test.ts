// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type JsonBodyFormat, parseJson } from '@countersign/kube';
import { liveFactsOf, objectChange } from './live-facts.ts';
import { fillsManifest } from './manifest-change.ts';

const json = (value: unknown) => parseJson(new TextEncoder().encode(JSON.stringify(value)));

const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'made' };
const manifest = { ...reference, data: { a: 'b' } };

/** Whether a patch of a custom resource fills a manifest in its `spec`. */
function fills(format: JsonBodyFormat, body: unknown, spec: unknown, group = 'shop.example.com'): boolean {
  const live = { apiVersion: 'shop.example.com/v1', kind: 'Widget', metadata: { uid: 'u' }, spec };
  return liveFactsOf(json(live), objectChange(format, json(body), { group })).fillsManifest;
}

const add = (path: string, value: unknown) => ({ op: 'add', path, value });
const inSpec = (spec: unknown) => ({ spec });

const data = { data: { a: 'b' } };
const aroundData = inSpec({ object: reference });
const junk = Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`k${index}`, {}]));

const filling: readonly (readonly [what: string, JsonBodyFormat, body: unknown, spec: unknown])[] = [
  ['data beside a reference', 'merge-patch', inSpec({ object: { data: { a: 'b' } } }), { object: reference }],
  ['the same, applied', 'apply', inSpec({ object: { data: { a: 'b' } } }), { object: reference }],
  ['the same, merged', 'strategic-merge-patch', inSpec({ object: { data: { a: 'b' } } }), { object: reference }],
  ['the same, added', 'json-patch', [add('/spec/object/data', { a: 'b' })], { object: reference }],
  ['below what is there', 'merge-patch', inSpec({ object: { data: { c: 'd' } } }), { object: manifest }],
  ['a reference around data', 'merge-patch', inSpec({ object: reference }), { object: { data: {} } }],
  ['another kind', 'merge-patch', inSpec({ object: { kind: 'Secret', name: 'x' } }), { object: manifest }],
  ['a version alone', 'merge-patch', inSpec({ object: { apiVersion: 'v1' } }), { object: { kind: 'X', rules: [] } }],
  ['an element', 'json-patch', [add('/spec/objects/0/data', {})], { objects: [reference] }],
  ['the last element', 'json-patch', [add('/spec/objects/-1/data/a', 'b')], { objects: [{}, manifest] }],
  ['an element by its key', 'apply', inSpec({ objects: [{ name: 'made', data: {} }] }), { objects: [reference] }],
  ['a member called 0', 'json-patch', [add('/spec/objects/0/data', {})], { objects: { 0: reference } }],
  ['both by one patch', 'json-patch', [add('/spec/object', reference), add('/spec/object/data', {})], {}],
  ['both, data first', 'json-patch', [add('/spec/object', { data: {} }), add('/spec/object/apiVersion', 'v1')], {}],
  [
    'both, in a list',
    'json-patch',
    [add('/spec/objects', [reference]), add('/spec/objects/0/data', {})],
    { objects: [] },
  ],
  ['what a directive takes away', 'strategic-merge-patch', inSpec({ $retainKeys: ['object'] }), { object: reference }],
  ['what is moved', 'json-patch', [{ op: 'move', from: '/spec/a', path: '/spec/object/data' }], { object: reference }],
  [
    'more than anybody names',
    'merge-patch',
    inSpec(Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`m${index}`, {}]))),
    { object: reference },
  ],
  ['a reference around data, with more than anybody names', 'merge-patch', { junk, ...aroundData }, { object: data }],
  ['a reference around data, beside a dollar', 'merge-patch', inSpec({ $x: 1, object: reference }), { object: data }],
  ['a reference around data, applied beside a dollar', 'apply', inSpec({ $x: 1, object: reference }), { object: data }],
  ['a directive, whatever is there', 'strategic-merge-patch', inSpec({ $retainKeys: [], object: reference }), {}],
  ['another namespace for it', 'merge-patch', inSpec({ object: { namespace: 'kube-system' } }), { object: manifest }],
];

const leaving: readonly (readonly [what: string, JsonBodyFormat, body: unknown, spec: unknown])[] = [
  ['what is no manifest', 'merge-patch', inSpec({ size: 3, object: null }), { size: 2, object: manifest }],
  ['a dollar that is no directive', 'merge-patch', inSpec({ $x: 1 }), { object: manifest }],
  ['another object', 'merge-patch', inSpec({ object: { name: 'other' } }), { object: reference }],
  ['a new reference', 'merge-patch', inSpec({ object: reference, size: 3 }), { size: 2 }],
  ['a new reference, added', 'json-patch', [add('/spec/object', reference), add('/spec/size', 3)], { size: 2 }],
  ['what is beside a reference', 'json-patch', [add('/spec/sizes/0', 3)], { sizes: [], objects: [reference] }],
  ['elements that replace others', 'merge-patch', inSpec({ objects: [{ size: 3 }] }), { objects: [reference] }],
  ['the object itself', 'apply', { apiVersion: 'shop.example.com/v1', kind: 'Widget', spec: { size: 3 } }, {}],
  [
    'what is taken and tested',
    'json-patch',
    [{ op: 'test', path: '/spec/object/data', value: 1 }],
    { object: manifest },
  ],
  ['a whole object', 'json', inSpec({ object: { data: {} } }), { object: reference }],
  ['metadata', 'merge-patch', { metadata: { annotations: { apiVersion: 'v1', a: 'b' } } }, { object: manifest }],
];

describe('what a patch makes of a reference', () => {
  for (const [what, format, body, spec] of filling) {
    test(`${format}, ${what}: a manifest`, () => assert.equal(fills(format, body, spec), true));
  }
  for (const [what, format, body, spec] of leaving) {
    test(`${format}, ${what}: nothing`, () => assert.equal(fills(format, body, spec), false));
  }

  test("is nothing in Kubernetes' own kinds without a dot in their group", () => {
    assert.equal(fills('merge-patch', inSpec({ object: { data: {} } }), { object: reference }, ''), false);
  });

  test('is not looked for where members of its own alone are given', () => {
    for (const body of [{ status: 1 }, { metadata: { labels: { a: 'b' } } }])
      assert.deepEqual(objectChange('merge-patch', json(body), { group: 'a.b' }).manifests, { kind: 'none' });
  });

  test('is found in a bounded time, whatever the patch and the object: what takes longer counts', () => {
    const deep = (levels: number): unknown => (levels === 0 ? { a: 1 } : { 0: deep(levels - 1) });
    const wide = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [index, deep(3)]));
    const patch = Array.from({ length: 100 }, (_, index) => add(`/spec/0/${index}/0/0`, 1));
    const many = { list: Array.from({ length: 5_000 }, () => ({ apiVersion: 'v1', name: 'x' })) };
    const members = Object.fromEntries(Array.from({ length: 1_900 }, (_, index) => [`k${index}`, { name: 'x' }]));
    for (const [body, spec] of [
      [patch, wide],
      [[add('/spec/list/0', members)], many],
    ] as const) {
      const live = json({ apiVersion: 'a.b/v1', kind: 'Widget', metadata: { uid: 'u' }, spec });
      const { manifests } = objectChange('json-patch', json(body), { group: 'a.b' });
      fillsManifest(live, manifests);
      const begun = process.threadCpuUsage();
      for (let times = 0; times < 10; times += 1) assert.equal(fillsManifest(live, manifests), true);
      assert.ok(process.threadCpuUsage(begun).user < 10 * 10_000);
    }
  });
});
