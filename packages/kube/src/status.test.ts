// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildStatus, serializeStatus } from './status.ts';

test('a Status has the shape that client-go decodes', () => {
  const status = buildStatus('TooManyRequests', 'wait', {
    details: { name: 'x', kind: 'pods', retryAfterSeconds: 15 },
  });
  assert.deepEqual(status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'wait',
    reason: 'TooManyRequests',
    details: { name: 'x', kind: 'pods', retryAfterSeconds: 15 },
    code: 429,
  });
  assert.equal(buildStatus('InternalError', 'm', { code: 502 }).code, 502);
});

test('markup in a message is escaped', () => {
  const text = serializeStatus(buildStatus('BadRequest', '<a href="x">&\u2028</a>'));
  assert.doesNotMatch(text, /[<>&\u2028]/);
  assert.equal(JSON.parse(text).message, '<a href="x">&\u2028</a>');
  assert.ok(text.endsWith('\n'));
});
