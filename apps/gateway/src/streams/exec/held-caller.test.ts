// SPDX-License-Identifier: Apache-2.0
// A caller between its 101 and its session; e2e/session-holds.test.ts has real kubectls wait.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { StreamStatus } from '@countersign/kube';
import { CallerGone } from '../../data/incoming.ts';
import { Fault } from '../../faults.ts';
import type { ExecCaller, ExecInput } from './exec-caller.ts';
import { HELD_BYTES, HeldCaller } from './held-caller.ts';
import { StatusReply } from './status-reply.ts';

const stdin = (text: string): ExecInput => ({ type: 'stdin', data: Buffer.from(text) });

/** A caller that sends what it is given, and is told into a list. */
function callerOf(inputs: () => AsyncIterable<ExecInput>, output: () => Promise<void> = async () => {}) {
  const told: string[] = [];
  const statuses: StreamStatus[] = [];
  const caller: ExecCaller = {
    inputs,
    output: async (channel, data) => {
      await output();
      told.push(`${channel} ${Buffer.from(data).toString()}`);
    },
    isHeld: false,
    stop: () => {},
    keepAlive: () => told.push('alive'),
    finish: async (status) => {
      statuses.push(status);
      told.push(`finish ${status.outcome === 'failure' ? status.message : status.outcome}`);
    },
  };
  const gone: unknown[] = [];
  const over = new AbortController();
  const hold = (tty = false) => new HeldCaller(caller, { tty, over: over.signal, onGone: (error) => gone.push(error) });
  return { told, statuses, gone, over, hold };
}

/** Goes on for ever after what it is given. */
async function* staying(...inputs: readonly ExecInput[]): AsyncGenerator<ExecInput> {
  yield* inputs;
  await new Promise(() => {});
}

test('what came while it waited is the first of what the session gets, in order', async () => {
  const more = Promise.withResolvers<void>();
  const { hold, gone } = callerOf(async function* () {
    yield { type: 'resize', size: { width: 80, height: 24 } };
    yield stdin('early');
    await more.promise;
    yield stdin('late');
    yield { type: 'stdin-end' };
  });
  const held = hold();
  await turn();
  const got: string[] = [];
  for await (const input of held.inputs()) {
    got.push(input.type === 'stdin' ? Buffer.from(input.data).toString() : input.type);
    if (got.length === 2) more.resolve();
  }
  assert.deepEqual([got, gone], [['resize', 'early', 'late', 'stdin-end'], []]);
});

test('it is read no further than it is kept, and from where it was once its session takes that', async () => {
  let sent = 0;
  const piece = Buffer.alloc(4_096, 1);
  const { hold } = callerOf(async function* () {
    for (; sent < 1_000; sent += 1) yield { type: 'stdin', data: piece };
    yield { type: 'stdin-end' };
  });
  const held = hold();
  for (let before = -1; before !== sent; await turn()) before = sent;
  assert.ok(sent * piece.length <= HELD_BYTES, `${sent} pieces are kept`);
  assert.ok(sent > 1);
  let bytes = 0;
  for await (const input of held.inputs()) bytes += input.type === 'stdin' ? input.data.length : 0;
  assert.equal(bytes, 1_000 * piece.length);
});

test('of whose exchange is over nothing is kept, however much there was, and it is read until it closes', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const read = Promise.withResolvers<void>();
  const { hold, over, told, gone } = callerOf(async function* () {
    for (let sent = 0; sent < 1_000; sent += 1) yield { type: 'stdin', data: Buffer.alloc(4_096, 1) };
    read.resolve();
  });
  const held = hold();
  await turn();
  over.abort();
  await read.promise;
  t.mock.timers.tick(60_000);
  assert.deepEqual([told, gone], [[], []]);
  await turn();
  assert.deepEqual(await held.inputs().next(), { done: true, value: undefined });
});

test('who is read no further is written to more often, which shows whether it is there, until its session begins', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const alive = async (bytes: number) => {
    const { hold, told } = callerOf(() => staying({ type: 'stdin', data: Buffer.alloc(bytes) }));
    const held = hold();
    await turn();
    t.mock.timers.tick(5_000);
    const times = told.length;
    await held.inputs().next();
    t.mock.timers.tick(5_000);
    return [times, told.length - times];
  };
  assert.deepEqual(
    [await alive(1_024), await alive(65_536)],
    [
      [1, 0],
      [5, 0],
    ],
  );
});

test('what is kept is a copy: the bytes that it came with are somebody else’s', async () => {
  const data = Buffer.from('mine');
  const held = callerOf(() => staying({ type: 'stdin', data })).hold();
  await turn();
  data.fill(0);
  const { value } = await held.inputs().next();
  assert.equal(value?.type === 'stdin' && Buffer.from(value.data).toString(), 'mine');
});

test('who leaves before its session is known to have left; what can not be read is its fault', async () => {
  const left = callerOf(async function* () {
    yield stdin('a');
  });
  left.hold();
  const broken = callerOf(async function* () {
    yield stdin('a');
    throw new Fault('ERR_STREAM_MALFORMED', 'no frame');
  });
  broken.hold();
  await turn();
  assert.ok(left.gone[0] instanceof CallerGone);
  assert.ok(broken.gone[0] instanceof Fault && broken.gone[0].code === 'ERR_STREAM_MALFORMED');
  assert.deepEqual([left.gone.length, broken.gone.length], [1, 1]);
});

test('^C leaves in a terminal, and is a byte like any other elsewhere and in a session', async () => {
  const typed = callerOf(() => staying(stdin('ls\u0003')));
  typed.hold(true);
  const piped = callerOf(() => staying(stdin('ls\u0003')));
  piped.hold(false);
  await turn();
  assert.ok(typed.gone[0] instanceof CallerGone);
  assert.deepEqual(piped.gone, []);
  const begun = Promise.withResolvers<void>();
  const later = callerOf(async function* () {
    await begun.promise;
    yield stdin('\u0003');
  });
  const inputs = later.hold(true).inputs();
  const first = inputs.next();
  begun.resolve();
  assert.equal((await first).value?.type, 'stdin');
});

test('how it ended is told after why it waited, however late that can be heard', async () => {
  const ready = Promise.withResolvers<void>();
  const { told, hold } = callerOf(
    () => staying(),
    () => ready.promise,
  );
  const held = hold();
  held.tell('stderr', Buffer.from('waiting'));
  const finished = held.finish({ outcome: 'failure', reason: 'Forbidden', message: 'no' });
  await turn();
  assert.deepEqual(told, []);
  ready.resolve();
  await finished;
  assert.deepEqual(told, ['stderr waiting', 'finish no']);
});

test('an answer is a Status of the error channel, with its causes, whatever form it came in', async () => {
  const { statuses, hold } = callerOf(() => staying());
  const say = async (code: number, ...parts: readonly string[]) => {
    const reply = new StatusReply(hold(), AbortSignal.abort());
    assert.equal(reply.begun, false);
    reply.begin(code);
    assert.equal(reply.begun, true);
    for (const part of parts.slice(0, -1)) await reply.write(Buffer.from(part));
    await reply.end(parts.length === 0 ? undefined : Buffer.from(parts.at(-1) ?? ''));
    return statuses.at(-1);
  };
  const details = { causes: [{ reason: 'approval-required', field: 'approval', message: 'id' }] };
  const text = JSON.stringify({
    kind: 'Status',
    status: 'Failure',
    message: 'wait',
    reason: 'TooManyRequests',
    details,
  });
  const failure = { outcome: 'failure', reason: 'TooManyRequests', message: 'wait', more: { details, code: 429 } };
  assert.deepEqual(await say(429, text), failure);
  assert.deepEqual(await say(429, text.slice(0, 9), text.slice(9)), failure);
  const plain = (message: string, code: number) => ({ outcome: 'failure', reason: '', message, more: { code } });
  assert.deepEqual(await say(500, 'no such container\n'), plain('no such container', 500));
  assert.deepEqual(await say(500, '[1]'), plain('[1]', 500));
  assert.deepEqual(await say(200), plain('the session did not begin: it was answered 200', 200));
});
