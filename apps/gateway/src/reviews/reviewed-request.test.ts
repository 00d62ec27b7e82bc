// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson, parseRequest } from '@countersign/kube';
import { reviewedRequest } from './reviewed-request.ts';

const spec = (value: object) => parseJson(Buffer.from(JSON.stringify(value)));
const reviewed = (resourceAttributes: object) => reviewedRequest(spec({ resourceAttributes }));

test('a review is about the request that its attributes make', () => {
  const cases = [
    [{ verb: 'get', resource: 'configmaps', namespace: 'a', name: 'x' }, 'GET', '/api/v1/namespaces/a/configmaps/x'],
    [{ verb: 'list', resource: 'pods' }, 'GET', '/api/v1/pods'],
    [
      { verb: 'list', resource: 'pods', namespace: 'a', name: 'x' },
      'GET',
      '/api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx',
    ],
    [{ verb: 'watch', resource: 'pods', namespace: 'a' }, 'GET', '/api/v1/namespaces/a/pods?watch=true'],
    [
      { verb: 'create', group: 'apps', resource: 'deployments', namespace: 'a' },
      'POST',
      '/apis/apps/v1/namespaces/a/deployments',
    ],
    [
      { verb: 'patch', group: 'apps', version: 'v1beta1', resource: 'deployments', namespace: 'a', name: 'x' },
      'PATCH',
      '/apis/apps/v1beta1/namespaces/a/deployments/x',
    ],
    [
      { verb: 'update', resource: 'pods', subresource: 'status', namespace: 'a', name: 'x' },
      'PUT',
      '/api/v1/namespaces/a/pods/x/status',
    ],
    [
      { verb: 'get', resource: 'pods', subresource: 'exec', namespace: 'a', name: 'x' },
      'GET',
      '/api/v1/namespaces/a/pods/x/exec',
    ],
    [{ verb: 'deletecollection', resource: 'pods', namespace: 'a' }, 'DELETE', '/api/v1/namespaces/a/pods'],
    [{ verb: 'get', resource: 'namespaces', namespace: 'a', name: 'a' }, 'GET', '/api/v1/namespaces/a'],
  ] as const;
  for (const [attributes, method, target] of cases) {
    assert.deepEqual(reviewed(attributes), parseRequest(method, target), target);
  }
});

test('no name means any name', () => {
  for (const verb of ['get', 'update', 'patch', 'delete']) {
    const request = reviewed({ verb, resource: 'configmaps', namespace: 'a' });
    assert.ok(request?.kind === 'resource');
    assert.deepEqual([request.verb, request.namespace, request.name], [verb, 'a', '']);
  }
  const ofNamespaces = reviewed({ verb: 'get', resource: 'namespaces' });
  assert.ok(ofNamespaces?.kind === 'resource');
  assert.deepEqual([ofNamespaces.namespace, ofNamespaces.name], ['', '']);
});

test('a review of a path is about that path', () => {
  const path = reviewedRequest(spec({ nonResourceAttributes: { verb: 'get', path: '/version' } }));
  assert.deepEqual(path, parseRequest('GET', '/version'));
});

test('wildcards, unknown verbs and what no path can say are about no request', () => {
  for (const attributes of [
    { verb: '*', resource: 'pods' },
    { verb: 'get', resource: '*' },
    { verb: 'get', group: '*', resource: 'pods' },
    { verb: 'get', resource: 'pods', namespace: '*' },
    { verb: 'impersonate', resource: 'users' },
    { verb: 'get', resource: '' },
    { verb: 'get', resource: 'pods', name: '..' },
    { verb: 'get', resource: 'pods', name: 'a/b' },
    { verb: 'get', resource: 'proxy', name: 'a' },
  ]) {
    assert.equal(reviewed(attributes), undefined, JSON.stringify(attributes));
  }
  for (const path of ['/*', '', 'version', '/api/v1/pods', '/a/../b']) {
    assert.equal(reviewedRequest(spec({ nonResourceAttributes: { verb: 'get', path } })), undefined, path);
  }
  assert.equal(reviewedRequest(spec({})), undefined);
  assert.equal(reviewedRequest(undefined), undefined);
});
