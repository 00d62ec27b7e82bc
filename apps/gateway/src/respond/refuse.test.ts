// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Incoming } from '../data/incoming.ts';
import type { Exchange } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Log } from '../log/log.ts';
import { LogError } from '../log/log-error.ts';
import { RefusalCounter } from './refusal-counter.ts';
import { refuse } from './refuse.ts';

const ID = '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11';

/** Refuses an exchange that came as far as `reached`, with a log whose appends fail with `failure`, if any. */
async function refuseWith(fault: Fault, reached: object, failure?: LogError) {
  const sent: [status: number, headers: ReadonlyMap<string, string>][] = [];
  const incoming = {
    headers: [],
    method: 'POST',
    target: '/clusters/a/api/v1/secrets',
    gone: new AbortController().signal,
    reply: {
      begun: false,
      begin: (status: number, headers: Incoming['headers']) => sent.push([status, new Map(headers)]),
      write: async () => {},
      end: async () => {},
      cut: () => {},
    },
  } as unknown as Incoming;
  const append = async () => {
    if (failure) throw failure;
    return { index: 0 };
  };
  const log = { append } as unknown as Log;
  const now = () => new Date();
  const exchange = {
    id: ID,
    cluster: 'a',
    incoming,
    headers: {},
    receivedAt: now(),
    token: { credentialDigest: '', expiresAt: 0 },
    ...reached,
  } as unknown as Exchange;
  const refusals = new RefusalCounter(log, now, () => {});
  const { code } = await refuse(
    { id: ID, incoming, reached: exchange, fault, mayBeSent: true },
    { log, refusals, now },
  );
  return { code, status: sent[0]?.[0], retryAfter: sent[0]?.[1].get('retry-after') };
}

const answered = { intended: true, response: { status: 201 } };

test('a write that was answered is not called undone, and is not to be tried again', async () => {
  const withheld = { code: 'ERR_OUTCOME_WITHHELD', status: 500, retryAfter: undefined };
  assert.deepEqual(await refuseWith(new Fault('ERR_LOG_BUSY'), answered), withheld);
  const failed = new LogError('ERR_LOG_FAILED', 'EIO');
  assert.deepEqual(await refuseWith(new Fault('ERR_LOG_FAILED'), answered, failed), withheld);
});

test('before anything was sent a busy log says so, and when to come back', async () => {
  const busy = { code: 'ERR_LOG_BUSY', status: 503, retryAfter: '1' };
  assert.deepEqual(await refuseWith(new Fault('ERR_LOG_BUSY'), {}), busy);
  assert.deepEqual(
    await refuseWith(new Fault('ERR_POLICY_DENIED', 'no'), {}, new LogError('ERR_LOG_FULL', 'full')),
    busy,
  );
});
