// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault } from '../faults.ts';
import { AgentLimits, type Allowance } from './agent-limits.ts';

const MANY = { requestsPerSecond: 1_000, concurrentStreams: 1_000, bytesPerMinute: 1_000_000 };

function clocked() {
  const clock = { ms: 0 };
  return { clock, limits: new AgentLimits(() => clock.ms) };
}

function admitted(result: Allowance | Fault): Allowance {
  if (result instanceof Fault) assert.fail(result.message);
  return result;
}

function refused(result: Allowance | Fault): [string, number | undefined] {
  if (!(result instanceof Fault)) assert.fail('it was admitted');
  return [result.code, result.retryAfterSeconds];
}

test('five seconds of requests come at once, then as many as the rate allows, whenever they are asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 400 }),
      (rate, pauses) => {
        const { clock, limits } = clocked();
        let passed = 0;
        for (const pause of pauses) {
          clock.ms += pause;
          const result = limits.admit('a', { ...MANY, requestsPerSecond: rate });
          if (result instanceof Fault) continue;
          passed += 1;
          result.leave();
        }
        assert.ok(passed <= rate * 5 + (clock.ms / 1_000) * rate);
      },
    ),
  );
});

test('a loop is refused with the time to wait, and passes after it; another agent is not touched', () => {
  const { clock, limits } = clocked();
  const two = { ...MANY, requestsPerSecond: 2 };
  for (let count = 0; count < 10; count += 1) admitted(limits.admit('loop', two)).leave();
  for (let count = 0; count < 1_000; count += 1) {
    assert.deepEqual(refused(limits.admit('loop', two)), ['ERR_LIMIT_REQUESTS', 1]);
  }
  admitted(limits.admit('other', two)).leave();
  clock.ms += 499;
  assert.deepEqual(refused(limits.admit('loop', two)), ['ERR_LIMIT_REQUESTS', 1]);
  clock.ms += 1;
  admitted(limits.admit('loop', two)).leave();
});

test('what is under way counts until it is over, also when the limits change meanwhile', () => {
  const { limits } = clocked();
  const two = { ...MANY, concurrentStreams: 2 };
  const first = admitted(limits.admit('a', two));
  admitted(limits.admit('a', two));
  assert.deepEqual(refused(limits.admit('a', two)), ['ERR_LIMIT_STREAMS', 5]);
  assert.deepEqual(refused(limits.admit('a', { ...MANY, concurrentStreams: 1 })), ['ERR_LIMIT_STREAMS', 5]);
  first.leave();
  admitted(limits.admit('a', two));
  assert.deepEqual(refused(limits.admit('a', two)), ['ERR_LIMIT_STREAMS', 5]);
});

test('work that is done for an agent counts as requests, and is owed', () => {
  const { clock, limits } = clocked();
  const few = { ...MANY, requestsPerSecond: 1 };
  admitted(limits.admit('a', few)).spendRequests(24);
  assert.deepEqual(refused(limits.admit('a', few)), ['ERR_LIMIT_REQUESTS', 21]);
  clock.ms += 21_000;
  admitted(limits.admit('a', few));
});

test('bytes are owed where they are known only afterwards; Retry-After is a minute at most', async () => {
  const { clock, limits } = clocked();
  const small = { ...MANY, bytesPerMinute: 60_000 };
  const big = admitted(limits.admit('a', small));
  big.spend(60_000);
  admitted(limits.admit('a', small));
  big.spend(10_000);
  assert.deepEqual(refused(limits.admit('a', small)), ['ERR_LIMIT_BYTES', 10]);
  big.spend(1_000_000);
  assert.deepEqual(refused(limits.admit('a', small)), ['ERR_LIMIT_BYTES', 60]);
  const reason = new Fault('ERR_ENDED');
  const abort = new AbortController();
  const waiting = big.hasBytes(abort.signal);
  abort.abort(reason);
  await assert.rejects(waiting, reason);
  clock.ms += 1_010_000;
  await big.hasBytes(new AbortController().signal);
  admitted(limits.admit('a', small));
});
