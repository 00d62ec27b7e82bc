// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { CallerGone, type Incoming } from '../data/incoming.ts';
import type { Exchange } from '../exchange.ts';
import type { Fate } from '../fate.ts';
import { Fault } from '../faults.ts';
import { SlowRefusals } from '../limits/slow-refusals.ts';
import { Strangers } from '../limits/strangers.ts';
import type { Log } from '../log/log.ts';
import { LogError } from '../log/log-error.ts';
import { upstreamError } from '../tunnel/tunnel-error.ts';
import { fateOf } from './fate-of.ts';
import { faultOf } from './fault-of.ts';
import { RefusalCounter } from './refusal-counter.ts';
import { refuse } from './refuse.ts';

const ID = '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11';

const STRANGERS = new Strangers(() => new Date(0));

/** Refuses an exchange that came as far as `reached`, with a log whose appends fail with `failure`, if any. */
async function refuseWith(
  fault: Fault,
  reached: object,
  failure?: LogError,
  fate: Fate = 'unknown',
  end: () => Promise<void> = async () => {},
) {
  const sent: [status: number, headers: ReadonlyMap<string, string>][] = [];
  const incoming = {
    headers: [],
    method: 'POST',
    target: '/clusters/a/api/v1/secrets',
    remoteAddress: '192.0.2.1',
    gone: new AbortController().signal,
    reply: {
      begun: false,
      begin: (status: number, headers: Incoming['headers']) => sent.push([status, new Map(headers)]),
      write: async () => {},
      end,
      cut: () => {},
    },
  } as unknown as Incoming;
  const appended: LogRecord[] = [];
  const append = async (records: readonly LogRecord[]) => {
    // What breaks the schema does so by what it says of the request; a bare record says nothing of it.
    if (failure && (failure.code !== 'ERR_LOG_RECORD' || records.some((record) => 'principal' in record)))
      throw failure;
    appended.push(...records);
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
    token: { credentialDigest: '', expiresAt: 0, issuer: 'i', subject: String(Math.random()) },
    ...reached,
  } as unknown as Exchange;
  const refusals = new RefusalCounter(log, now, () => {});
  const { code } = await refuse(
    { id: ID, incoming, reached: exchange, fault, fate },
    { log, refusals, now, answerTimeoutMs: 1_000, strangers: STRANGERS, slowRefusals: new SlowRefusals() },
  );
  const counted = async () => {
    appended.length = 0;
    await refusals.flush();
    return appended;
  };
  return { code, status: sent[0]?.[0], retryAfter: sent[0]?.[1].get('retry-after'), appended, counted };
}

/** How it was answered. */
async function answerTo(...given: Parameters<typeof refuseWith>) {
  const { appended: _, counted: __, ...answer } = await refuseWith(...given);
  return answer;
}

const answered = { intended: true, response: { status: 201 } };

test('a write that was answered is not called undone, and is not to be tried again', async () => {
  const withheld = { code: 'ERR_OUTCOME_WITHHELD', status: 500, retryAfter: undefined };
  assert.deepEqual(await answerTo(new Fault('ERR_LOG_BUSY'), answered), withheld);
  const failed = new LogError('ERR_LOG_FAILED', 'EIO');
  assert.deepEqual(await answerTo(new Fault('ERR_LOG_FAILED'), answered, failed), withheld);
});

test('before anything was sent a busy log says so, and when to come back', async () => {
  const busy = { code: 'ERR_LOG_BUSY', status: 503, retryAfter: '1' };
  assert.deepEqual(await answerTo(new Fault('ERR_LOG_BUSY'), {}), busy);
  assert.deepEqual(
    await answerTo(new Fault('ERR_POLICY_DENIED', 'no'), {}, new LogError('ERR_LOG_FULL', 'full')),
    busy,
  );
});

test('a record that is none is left to its bones, not left out', async () => {
  const principal = { kind: 'agent', id: 'a', owner: 'o', issuer: 'i', act: [] };
  const invalid = new LogError('ERR_LOG_RECORD', 'not valid');
  const denied = await refuseWith(new Fault('ERR_POLICY_DENIED', 'no'), { principal }, invalid);
  assert.deepEqual([denied.code, denied.status], ['ERR_INTERNAL', 500]);
  const bones = { exchange: ID, cluster: 'a' };
  const unevaluated = { verdict: 'could not evaluate', fault: 'ERR_INTERNAL', origin: 'gateway', status: 500 };
  assert.deepEqual(denied.appended, [{ type: 'refusal', ...bones, ...unevaluated }]);
  for (const [reached, result] of [
    [{ response: { status: 201 } }, 'done'],
    [{ response: { status: 409 } }, 'failed'],
    [{ response: { status: 504 } }, 'unknown'],
    [{}, 'not sent'],
  ] as const) {
    const intended = { principal, intended: true, made: {}, ...reached };
    const { appended } = await refuseWith(new Fault('ERR_INTERNAL'), intended, invalid, 'not sent');
    assert.deepEqual(appended, [{ type: 'outcome', ...bones, result, reason: 'ERR_INTERNAL' }]);
  }
});

test('what the API server refused for its credential was not carried out; what broke off, nobody knows', async () => {
  const cases = [
    [upstreamError('credential-refused', true), 'ERR_UPSTREAM_CREDENTIAL', 'failed'],
    [upstreamError('upstream-unreachable', false), 'ERR_UPSTREAM_UNREACHABLE', 'not sent'],
    [upstreamError('upstream-cut', true), 'ERR_UPSTREAM_LOST', 'unknown'],
    [new Error('whatever'), 'ERR_INTERNAL', 'unknown'],
  ] as const;
  for (const [error, code, result] of cases) {
    const { appended } = await refuseWith(faultOf(error), { intended: true }, undefined, fateOf(error));
    const [outcome] = appended;
    assert.ok(outcome?.type === 'outcome');
    assert.deepEqual([outcome.result, outcome.reason], [result, code]);
  }
});

test('a caller that does not wait for its refusal is no problem; anything else is', async () => {
  const refusing = (error: Error) =>
    refuseWith(new Fault('ERR_POLICY_DENIED'), {}, undefined, 'unknown', async () => {
      throw error;
    });
  assert.equal((await refusing(new CallerGone())).code, 'ERR_POLICY_DENIED');
  await assert.rejects(refusing(new TypeError('a bug')), TypeError);
});

test('who is known and let in nowhere has a few records to himself, and is counted from then on', async () => {
  const token = { credentialDigest: '', expiresAt: 0, issuer: 'https://idp.example', subject: 'nobody' };
  const ask = () => refuseWith(new Fault('ERR_AGENT_UNREGISTERED'), { token });
  for (let i = 0; i < 30; i += 1) assert.equal((await ask()).appended[0]?.type, 'refusal');
  const { status, appended, counted } = await ask();
  assert.deepEqual([status, appended.length], [403, 0]);
  const [count] = await counted();
  assert.ok(count?.type === 'refusals');
  assert.deepEqual([count.listener, count.fault, count.count], ['data', 'ERR_AGENT_UNREGISTERED', 1]);
  const other = await refuseWith(new Fault('ERR_AGENT_UNREGISTERED'), { token: { ...token, subject: 'another' } });
  assert.equal(other.appended[0]?.type, 'refusal');
});
