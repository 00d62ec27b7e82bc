// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Masked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { bareRecord, outcomeRecord } from './answer-records.ts';
import { isSettling } from './is-settling.ts';

function answered(status: number): Masked {
  const id = 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001';
  return { id, cluster: 'lab', receivedAt: new Date(0), intended: true, response: { status } } as unknown as Masked;
}

test('a write is settled by an answer that says what became of it, and by no error in the middle', () => {
  const results = { 200: 'done', 201: 'done', 403: 'failed', 409: 'failed', 422: 'failed', 429: 'failed' };
  const doubts = { 500: 'unknown', 502: 'unknown', 503: 'unknown', 504: 'unknown' };
  for (const [status, result] of Object.entries({ ...results, ...doubts })) {
    const outcome = outcomeRecord(answered(Number(status)), undefined, undefined, new Date(0));
    assert.deepEqual([outcome.result, isSettling(outcome)], [result, result !== 'unknown'], status);
    const bare = bareRecord(answered(Number(status)), new Fault('ERR_APPROVAL_USED'), 'not sent');
    assert.equal('result' in bare && bare.result, result);
  }
});
