// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBodyFormat, type Method, parseJson, parseRequest } from '@countersign/kube';
import { heldLabels, labelChange } from './held-labels.ts';
import { liveFactsOf, noChange } from './live-facts.ts';

const PODS = '/api/v1/namespaces/demo/pods';
const json = (value: unknown) => parseJson(new TextEncoder().encode(JSON.stringify(value)));
const live = liveFactsOf(json({ metadata: { uid: 'u', labels: { app: 'web', tier: 'a', note: '' } } }), noChange);

/** What is known to stay of `app=web`, `tier=a` and `note=`, as `app,tier,note`. */
function held(
  method: Method,
  path: string,
  body?: unknown,
  format: JsonBodyFormat = 'json',
  object: typeof live | null = live,
) {
  const change = body === undefined ? ({ kind: 'none' } as const) : labelChange(format, json(body));
  return heldLabels(parseRequest(method, `${PODS}${path}`), change, object)
    ?.map(({ key }) => key)
    .join();
}

const labelled = (labels: unknown) => ({ metadata: { labels } });

test('what leaves labels alone keeps all that the object has', () => {
  for (const [method, path, body] of [
    ['GET', '/web'],
    ['DELETE', '/web'],
    ['DELETE', '/web', { kind: 'DeleteOptions', apiVersion: 'v1' }],
    ['GET', '/web/log'],
    ['GET', '/web/exec?command=sh&stdout=true'],
    ['POST', '/web/eviction', { metadata: { name: 'web', labels: {} } }],
    ['PUT', '/web/scale', { spec: { replicas: 1 } }],
  ] as const)
    assert.equal(held(method, path, body), 'app,tier,note', path);
});

test('a put and an apply keep the labels that they name as they are', () => {
  for (const format of ['json', 'apply'] as const)
    for (const [labels, expected] of [
      [{ app: 'web', tier: 'b', new: 'x' }, 'app'],
      [{ app: 'web', note: '' }, 'app,note'],
      [{ app: 'web', note: null }, 'app'],
      [undefined, ''],
      [null, ''],
      ['app', ''],
    ] as const)
      assert.equal(held(format === 'json' ? 'PUT' : 'PATCH', '/web', labelled(labels), format), expected, format);
  assert.equal(held('PUT', '/web/status', { status: {} }), '', 'a status may be put with other labels');
});

test('a merge patch keeps what it does not name, unless a directive may say otherwise', () => {
  for (const format of ['merge-patch', 'strategic-merge-patch'] as const)
    for (const [patch, expected] of [
      [{ spec: {} }, 'app,tier,note'],
      [{ metadata: { annotations: {} } }, 'app,tier,note'],
      [labelled({ app: 'web', tier: 'b' }), 'app,note'],
      [labelled({ app: null, note: null }), 'tier'],
      [labelled({ app: 1 }), 'tier,note'],
      [labelled({ new: 'x' }), 'app,tier,note'],
      [labelled(null), ''],
      [{ metadata: null }, ''],
      [labelled({ $patch: 'replace', app: 'web' }), ''],
      [{ $patch: 'replace' }, ''],
      [{ metadata: { $retainKeys: ['name'] } }, ''],
      [[], ''],
    ] as const)
      assert.equal(held('PATCH', '/web', patch, format), expected, JSON.stringify(patch));
});

test('a JSON patch keeps what its operations do not reach', () => {
  const label = (op: string, key: string, value?: unknown) => ({ op, path: `/metadata/labels/${key}`, value });
  for (const [operations, expected] of [
    [[], 'app,tier,note'],
    [[{ op: 'replace', path: '/spec/x', value: 1 }], 'app,tier,note'],
    [[label('test', 'app', 'web'), label('add', 'new', 'x')], 'app,tier,note'],
    [[label('replace', 'app', 'db')], 'tier,note'],
    [[label('remove', 'app')], 'tier,note'],
    [[label('remove', 'app'), label('add', 'app', 'web')], 'app,tier,note'],
    [[label('add', 'app', 'web'), label('remove', 'app')], 'tier,note'],
    [[label('add', 'app', null)], 'tier,note'],
    [[{ op: 'move', from: '/metadata/labels/app', path: '/metadata/annotations/app' }], ''],
    [[{ op: 'copy', from: '/metadata/annotations/app', path: '/metadata/labels/app' }], ''],
    [[{ op: 'replace', path: '/metadata/labels', value: { app: 'web' } }], ''],
    [[{ op: 'remove', path: '/metadata' }], ''],
    [[{ op: 'replace', path: '', value: {} }], ''],
    [[{ op: 'replace', path: 'metadata/labels/app', value: 'x' }], ''],
  ] as const)
    assert.equal(held('PATCH', '/web', operations, 'json-patch'), expected, JSON.stringify(operations));
});

test('a list, a watch and a deletecollection have what their label selector asks for; a field selector says nothing of labels', () => {
  for (const [selector, expected] of [
    ['', ''],
    ['app=web,tier==a', 'app,tier'],
    ['app in (web)', 'app'],
    ['app in (web,db)', ''],
    ['app', ''],
    ['!app', ''],
    ['app!=db', ''],
    ['app notin (db)', ''],
    ['note=', 'note'],
  ] as const) {
    const query = selector === '' ? '' : `labelSelector=${encodeURIComponent(selector)}&`;
    for (const [method, path] of [
      ['GET', `?${query}limit=5`],
      ['GET', `?${query}watch=true`],
      ['DELETE', `?${query}timeoutSeconds=5`],
      ['GET', `?${query}fieldSelector=metadata.name%3Dweb`],
    ] as const)
      assert.equal(held(method, path), expected, path);
  }
});

test('what is made has the labels of its body; of what is not there, or was not looked at, nobody knows', () => {
  assert.equal(held('POST', '', labelled({ app: 'web' }), 'json', null), 'app');
  assert.equal(held('POST', '', { metadata: {} }, 'json', null), '');
  for (const [method, body, format] of [
    ['GET', undefined, 'json'],
    ['DELETE', undefined, 'json'],
    ['PUT', labelled({ app: 'web' }), 'json'],
    ['PATCH', labelled({ app: 'web' }), 'apply'],
  ] as const)
    assert.equal(held(method, '/web', body, format, null), undefined, method);
  assert.equal(heldLabels(parseRequest('GET', '/version'), { kind: 'none' }, live), undefined);
});

test("of a binding the labels are nobody's: it is of the pod that its body names", () => {
  const binding = labelChange(
    'json',
    json({ metadata: { name: 'web', labels: { app: 'web' } }, target: { name: 'n' } }),
  );
  assert.equal(heldLabels(parseRequest('POST', '/api/v1/namespaces/demo/bindings'), binding, undefined), undefined);
});
