// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROUTES } from '../control-api.ts';
import { answerFlaw } from './answer-flaw-for-tests.ts';
import { openApiDocument } from './openapi-document.ts';
import { OPERATIONS } from './operations.ts';

const document = openApiDocument(ROUTES);

test('every route is described, with its methods and what stands in its path', () => {
  assert.equal(Object.keys(document.paths).length, Object.keys(ROUTES).length);
  for (const [route, methods] of Object.entries(ROUTES)) {
    const path = document.paths[route.replaceAll(/:(\w+)/g, '{$1}')] ?? assert.fail(route);
    assert.deepEqual(
      Object.keys(path),
      methods.map((method) => method.toLowerCase()),
    );
    for (const operation of Object.values(path) as { parameters?: { in: string; name: string }[] }[]) {
      const names = operation.parameters?.flatMap((one) => (one.in === 'path' ? [one.name] : [])) ?? [];
      assert.deepEqual(
        names,
        [...route.matchAll(/:(\w+)/g)].map(([, name]) => name),
      );
    }
  }
});

test('what is described is there', () => {
  const there = Object.entries(ROUTES).flatMap(([route, methods]) => methods.map((method) => `${method} ${route}`));
  assert.deepEqual(
    Object.keys(OPERATIONS).filter((one) => !there.includes(one)),
    [],
  );
});

test('each operation has a name of its own', () => {
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((operation) => (operation as { operationId: string }).operationId),
  );
  assert.equal(new Set(ids).size, ids.length, ids.join(' '));
});

test('a body is described by the schema with which its route reads it', () => {
  const { requestBody } = (document.paths['/api/v1/locks']?.post ?? {}) as {
    requestBody: { content: { 'application/json': { schema: object } } };
  };
  assert.deepEqual(requestBody.content['application/json'].schema, {
    type: 'object',
    properties: {
      kind: { type: 'string', enum: ['agent', 'owner', 'session', 'connector', 'cluster'] },
      target: { type: 'string', minLength: 1, maxLength: 250 },
      reason: { default: '', type: 'string', maxLength: 500 },
    },
    required: ['kind', 'target'],
    additionalProperties: false,
  });
});

test('an answer that is not as described is told', () => {
  const lock = { kind: 'agent', target: 'x', ended: 0, known: true };
  assert.equal(answerFlaw('POST', '/api/v1/locks', 201, lock), undefined);
  assert.match(answerFlaw('POST', '/api/v1/locks', 201, { ...lock, ended: 'none' }) ?? '', /ended/);
  assert.match(answerFlaw('POST', '/api/v1/locks', 200, lock) ?? '', /does not say that it answers 200/);
  assert.match(answerFlaw('GET', '/api/v1/locks', 403, {}) ?? '', /status/);
});
