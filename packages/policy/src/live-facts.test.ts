// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBodyFormat, parseJson } from '@countersign/kube';
import { liveFactsOf, noChange, objectChange } from './live-facts.ts';
import { PolicyError } from './policy-error.ts';

const json = (value: unknown) => parseJson(new TextEncoder().encode(JSON.stringify(value)));

const metadata = { uid: 'u', labels: { team: 'a' }, annotations: { note: 'x' }, finalizers: ['one', 'two'] };

function loses(format: JsonBodyFormat, body: unknown, live: object = metadata): boolean {
  return liveFactsOf(json({ metadata: live }), objectChange(format, json(body), { group: '' })).losesFinalizers;
}

test('an object says who it is', () => {
  const owners = [{ kind: 'Pod', name: 'x' }];
  assert.deepEqual(liveFactsOf(json({ metadata: { ...metadata, ownerReferences: owners } }), noChange), {
    uid: 'u',
    labels: [{ key: 'team', value: 'a' }],
    annotationKeys: ['note'],
    finalizers: ['one', 'two'],
    owned: true,
    losesFinalizers: false,
    fillsManifest: false,
  });
});

test('what is no object is no fact', () => {
  for (const live of [null, [], {}, { metadata: {} }, { metadata: { uid: '' } }, { metadata: { uid: 7 } }]) {
    const isFacts = (error: unknown) => error instanceof PolicyError && error.code === 'ERR_POLICY_FACTS';
    assert.throws(() => liveFactsOf(json(live), noChange), isFacts);
  }
});

const applied = {
  ...metadata,
  managedFields: [{ operation: 'Apply', fieldsV1: { 'f:metadata': { 'f:finalizers': { 'v:"one"': {} } } } }],
};
const updated = {
  ...metadata,
  managedFields: applied.managedFields.map((entry) => ({ ...entry, operation: 'Update' })),
};
const only = (finalizers: unknown) => ({ metadata: { finalizers } });

const keeping: [JsonBodyFormat, unknown, object?][] = [
  ['json', only(['two', 'one', 'three'])],
  ['merge-patch', { data: {} }],
  ['merge-patch', only(['one', 'two'])],
  ['strategic-merge-patch', { metadata: { labels: { a: 'b' } } }],
  ['apply', {}, updated],
  ['apply', only(['one', 'two']), applied],
  ['json-patch', [{ op: 'add', path: '/metadata/labels/a', value: 'b' }]],
  ['json-patch', [{ op: 'test', path: '/metadata/finalizers', value: [] }]],
  ['json', {}, { uid: 'u' }],
];
for (const [format, body, live] of keeping) {
  test(`${format} ${JSON.stringify(body)} keeps finalizers`, () => assert.equal(loses(format, body, live), false));
}

const losing: [JsonBodyFormat, unknown, object?][] = [
  ['json', {}],
  ['json', only(['one'])],
  ['json', only(null)],
  ['merge-patch', only(null)],
  ['merge-patch', only(['one'])],
  ['merge-patch', { metadata: null }],
  ['merge-patch', null],
  ['strategic-merge-patch', { $patch: 'replace' }],
  ['strategic-merge-patch', { metadata: { $patch: 'replace' } }],
  ['strategic-merge-patch', { metadata: { '$deleteFromPrimitiveList/finalizers': ['one'] } }],
  ['strategic-merge-patch', { metadata: { '$setElementOrder/finalizers': [], finalizers: null } }],
  ['apply', {}, applied],
  ['apply', only(['two']), applied],
  ['json-patch', [{ op: 'remove', path: '/metadata/finalizers/0' }]],
  ['json-patch', [{ op: 'replace', path: '/metadata', value: {} }]],
  ['json-patch', [{ op: 'replace', path: '', value: {} }]],
  ['json-patch', [{ op: 'move', from: '/metadata/finalizers', path: '/metadata/annotations/a' }]],
  ['json-patch', [{ op: 'remove' }]],
];
for (const [format, body, live] of losing) {
  test(`${format} ${JSON.stringify(body)} may take finalizers away`, () => assert.ok(loses(format, body, live)));
}
