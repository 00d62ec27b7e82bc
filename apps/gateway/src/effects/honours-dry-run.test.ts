// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Method, parseJson, parseRequest } from '@countersign/kube';
import { takesDryRun } from './honours-dry-run.ts';

const operation = (...names: readonly string[]) => ({ parameters: names.map((name) => ({ name, in: 'query' })) });
const API = '/apis/shop.example.com/v1';
const PATHS = {
  [`${API}/namespaces/{namespace}/orders`]: { post: operation('fieldManager', 'dryRun') },
  [`${API}/namespaces/{namespace}/orders/{name}`]: {
    put: operation('dryRun'),
    patch: operation('fieldManager'),
    parameters: [{ name: 'dryRun', in: 'query' }],
  },
  [`${API}/namespaces/{namespace}/orders/{name}/status`]: { put: {} },
};

function takes(method: Method, target: string, paths: object = PATHS): boolean {
  const request = parseRequest(method, `${API}${target}`);
  assert.ok(request.kind === 'resource');
  return takesDryRun(parseJson(Buffer.from(JSON.stringify({ paths }))), request);
}

test('a write is a dry run only where its own operation says so', () => {
  assert.equal(takes('POST', '/namespaces/demo/orders?dryRun=All'), true);
  assert.equal(takes('PUT', '/namespaces/demo/orders/one'), true);
  assert.equal(takes('PATCH', '/namespaces/demo/orders/one'), false);
  assert.equal(takes('DELETE', '/namespaces/demo/orders/one'), false);
  assert.equal(takes('PUT', '/namespaces/demo/orders/one/status'), false);
  assert.equal(takes('PUT', '/orders/one'), false);
  assert.equal(takes('POST', '/namespaces/demo/others'), false);
  assert.equal(takes('PUT', '/namespaces/demo/orders/one', {}), false);
});

test('where two paths could be meant, both must say so', () => {
  const other = { [`${API}/namespaces/{namespace}/{resource}/{name}`]: { put: operation() } };
  assert.equal(takes('PUT', '/namespaces/demo/orders/one', { ...PATHS, ...other }), false);
});
