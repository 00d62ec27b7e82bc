// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Masked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { lastEvent } from './last-event.ts';

function watchOf(contentType: string): Masked {
  return {
    id: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11',
    incoming: { target: '/clusters/a/api/v1/pods?watch=true', headers: [] },
    request: { kind: 'resource', group: '', resource: 'pods', name: '' },
    response: { status: 200, headers: [['content-type', contentType]] },
  } as unknown as Masked;
}

test('a watcher is told why its watch ends by one line that holds an event', () => {
  const bytes = lastEvent(watchOf('application/json;stream=watch'), new Fault('ERR_AGENT_LOCKED'));
  const [line = '', rest] = String(bytes).split('\n');
  const { type, object } = JSON.parse(line);
  assert.deepEqual([type, object.kind, object.reason, object.code, rest], ['ERROR', 'Status', 'Forbidden', 403, '']);
  assert.match(object.message, /^a lock is on .*3f0c1d1e/);
});

test('nothing is said in the midst of events that are not in JSON', () => {
  for (const type of ['application/vnd.kubernetes.protobuf;stream=watch', 'application/json-seq', '']) {
    assert.equal(lastEvent(watchOf(type), new Fault('ERR_AGENT_LOCKED')), undefined, type);
  }
});
