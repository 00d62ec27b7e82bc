// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Method, parseJson, parseRequest } from '@countersign/kube';
import { dryRunsIn, takesDryRun } from './dry-run-paths.ts';
import { KnownDryRuns } from './honours-dry-run.ts';

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
  return takesDryRun(dryRunsIn(parseJson(Buffer.from(JSON.stringify({ paths })))), request);
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

test('what a group says is known for a minute, of so many groups, and of none that says too much', () => {
  let nowMs = 0;
  const known = new KnownDryRuns(() => nowMs);
  const path = { parts: ['apis'], methods: new Set(['post']) };
  known.keep('a', [path]);
  nowMs = 59_999;
  assert.deepEqual(known.get('a'), [path]);
  nowMs = 60_000;
  assert.equal(known.get('a'), undefined);
  known.keep('a', [path]);
  for (let group = 0; group < 64; group += 1) known.keep(`g${group}`, [path]);
  assert.deepEqual([known.get('a'), known.get('g63')], [undefined, [path]]);
  known.keep('g63', [{ parts: ['x'.repeat(262_145)], methods: new Set() }]);
  known.keep('g62', [{ parts: Array.from({ length: 16_385 }, () => 'x'), methods: new Set() }]);
  assert.deepEqual([known.get('g63'), known.get('g62')], [undefined, undefined]);
});
