// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogRecord } from '@countersign/evidence';
import { parseRequest } from '@countersign/kube';
import { createMasker, type Masker, maskingFor } from '@countersign/mask';
import { countTurns } from '../count-turns-for-tests.ts';
import { CallerGone, type Reply } from '../data/incoming.ts';
import type { Masked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { HeldBytes, type Hold } from '../limits/held-bytes.ts';
import type { Log } from '../log/log.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import type { HeaderLines } from '../tunnel/clusters.ts';
import { faultOf } from './fault-of.ts';
import { release } from './release.ts';

/** A caller that takes the head of its answer and never reads on. */
class Stalled implements Reply {
  begun = false;
  readonly #cut = Promise.withResolvers<never>();
  readonly #writing = Promise.withResolvers<void>();
  readonly writing = this.#writing.promise;

  headers: ReadonlyMap<string, string> = new Map();

  constructor() {
    this.#cut.promise.catch(() => {});
  }

  begin(_status: number, headers: HeaderLines): void {
    this.begun = true;
    this.headers = new Map(headers);
  }

  closeConnection(): void {}

  flush(): void {}

  write(): Promise<void> {
    this.#writing.resolve();
    return this.#cut.promise;
  }

  async end(last?: Uint8Array): Promise<void> {
    if (last) await this.write();
  }

  cut(): void {
    this.#cut.reject(new CallerGone());
  }
}

function configMapMasker(lane: Masked['lane']): Masker {
  const target = lane === 'watch' ? 'configmaps?watch=true' : 'configmaps/settings';
  const plan = maskingFor(parseRequest('GET', `/api/v1/namespaces/demo/${target}`));
  if (plan === undefined) throw new TypeError('nothing is masked there');
  return createMasker(plan, { hmac: oneShotHmac(new Uint8Array(32)), cluster: 'lab' });
}

/** An exchange whose caller reads none of its bytes; it is ended while a record of type `endAt` is made durable. */
function unread(
  lane: Masked['lane'],
  {
    bytes = 100_000,
    endAt = '',
    status = 200,
    masked = '',
    turn = (): Promise<void> | undefined => undefined,
    hold = new HeldBytes(268_435_456).open('a'),
    intended = false,
  } = {},
) {
  const reply = new Stalled();
  const abort = new AbortController();
  const records: LogRecord[] = [];
  const told = { begun: false, workedMs: 0 };
  const log = {
    onState: () => () => {},
    append: async (added: readonly LogRecord[]) => {
      if (added.some(({ type }) => type === endAt)) abort.abort(new Fault('ERR_ENDED', 'it is over'));
      return { index: records.push(...added) };
    },
  } as unknown as Log;
  const exchange = {
    id: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11',
    abort,
    receivedAt: new Date(),
    incoming: { reply, target: '/', method: 'GET' },
    headers: {},
    lane,
    principal: { id: 'a', act: [] },
    life: {
      begun() {
        told.begun = true;
      },
    },
    token: { expiresAt: 0 },
    upstreamGroups: [],
    allowance: { spend() {}, hasBytes: async () => undefined },
    request: { kind: 'non-resource', verb: 'get', path: '/', query: [] },
    made: { id: '', decision: { effect: 'allow', rules: [], policyDigest: '', reveal: false }, input: {} },
    intended,
    hold,
    masker: masked === '' ? undefined : configMapMasker(lane),
    response: { status, headers: [], body: Readable.from([masked === '' ? Buffer.alloc(bytes) : Buffer.from(masked)]) },
  } as unknown as Masked;
  const turns = {
    next(workedMs: number) {
      assert.ok(told.begun, 'nobody rests for itself');
      told.workedMs += workedMs;
      return nextTurn();
    },
  };
  const budget = { next: turn };
  const parts = { log, now: () => new Date(), faultOf, turns, budget, answerTimeoutMs: TIMEOUT_MS };
  return { reply, abort, records, told, released: release(exchange, parts) };
}

const TIMEOUT_MS = 60_000;

test('an answer that nobody reads ends when its exchange is ended, and says so', async () => {
  const { reply, abort, records, told, released } = unread('read');
  await reply.writing;
  abort.abort(new Fault('ERR_ENDED', 'it is over'));
  await released;
  const [start, end] = records;
  assert.ok(told.begun, 'it waits for nothing any more');
  assert.equal(start?.type, 'answer.start');
  assert.ok(end?.type === 'answer.end');
  assert.deepEqual([end.end, end.reason], ['cut', 'ERR_ENDED']);
});

test('an answer that nobody reads is broken off after a time, but what a person may page through is not', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const read = unread('read');
  const logs = unread('logs');
  await Promise.all([read.reply.writing, logs.reply.writing]);
  t.mock.timers.tick(TIMEOUT_MS);
  await read.released;
  const end = read.records.at(-1);
  assert.ok(end?.type === 'answer.end');
  assert.deepEqual([end.end, end.reason], ['cut', 'ERR_CALLER_STALLED']);
  assert.deepEqual(
    logs.records.map(({ type }) => type),
    ['answer.start'],
  );
  logs.abort.abort(new Fault('ERR_ENDED', 'it is over'));
  await logs.released;
});

/** A watch event of about so many bytes. */
const eventOf = (bytes: number) =>
  `${JSON.stringify({ type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'x'.repeat(bytes) } } })}\n`;

test('a watch that is left within a large object is broken off after a time, and no other', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const large = unread('watch', { masked: eventOf(300_000) });
  const small = unread('watch', { masked: eventOf(30_000) });
  await Promise.all([large.reply.writing, small.reply.writing]);
  t.mock.timers.tick(TIMEOUT_MS);
  await large.released;
  const end = large.records.at(-1);
  assert.ok(end?.type === 'answer.end');
  assert.deepEqual([end.end, end.reason], ['cut', 'ERR_CALLER_STALLED']);
  assert.equal(small.records.length, 1);
  small.abort.abort(new Fault('ERR_ENDED', 'it is over'));
  await small.released;
});

test("large objects of unread answers take of their agent's share, and give it back", async () => {
  const held = new HeldBytes(4 * 2_000_000);
  const taken: string[] = [];
  const watches = [];
  for (let number = 0; number < 5; number++) {
    const hold: Hold = held.open('a');
    const watch = unread('watch', { masked: eventOf(400_000), hold });
    watches.push({ ...watch, hold });
    await Promise.race([watch.reply.writing, watch.released]);
    const end = watch.records.at(-1);
    taken.push(end?.type === 'answer.end' ? (end.reason ?? '') : 'held');
  }
  assert.equal(taken[0], 'held');
  assert.equal(taken.at(-1), 'ERR_LIMIT_OBJECTS');
  assert.equal(held.open('b').take(1_000_000), undefined);
  // A write has been carried out.
  const write = unread('write', {
    masked: JSON.stringify({ data: { a: 'x'.repeat(400_000) } }),
    hold: held.open('a'),
    intended: true,
  });
  await write.reply.writing;
  for (const { abort, released, hold } of [...watches, { ...write, hold: held.open('a') }]) {
    abort.abort(new Fault('ERR_ENDED', 'it is over'));
    await released;
    hold.release();
  }
  assert.equal(held.open('a').take(2_000_000), undefined);
});

test('an answer that is on record as released goes out, though its exchange is ended at that moment', async () => {
  const { reply, abort, records, released } = unread('read', { bytes: 10, endAt: 'answer' });
  await reply.writing;
  assert.equal(abort.signal.aborted, true);
  assert.equal(reply.begun, true);
  assert.deepEqual(
    records.map(({ type }) => type),
    ['answer'],
  );
  reply.cut();
  await released;
});

test('an answer without a body says nothing of its length', async () => {
  for (const [status, length] of [
    [200, '0'],
    [204, undefined],
    [304, undefined],
  ] as const) {
    const { reply, released } = unread('read', { bytes: 0, status });
    await reply.writing;
    assert.equal(reply.headers.get('content-length'), length, String(status));
    reply.cut();
    await released;
  }
});

test('an answer waits for time in a turn before it is read, and again before it is sent', async () => {
  const waits: (() => void)[] = [];
  const turn = () => new Promise<void>((resolve) => waits.push(resolve));
  const { reply, records, released } = unread('read', { bytes: 10, turn });
  await nextTurn();
  assert.deepEqual([waits.length, records.length], [1, 0]);
  waits[0]?.();
  await nextTurn();
  assert.deepEqual([waits.length, records.length, reply.begun], [2, 1, false]);
  waits[1]?.();
  await reply.writing;
  reply.cut();
  await released;
});

test('while an object is masked that takes long, everybody else has turns', async () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `A_${n}_PASSWORD=hunter${n * 7}`);
  const { reply, abort, told, released } = unread('read', {
    masked: JSON.stringify({ data: { 'app.env': lines.join('\n') } }),
  });
  const turns = await countTurns(() => reply.writing);
  assert.ok(turns > 20, `${turns} turns of the event loop`);
  assert.ok(told.workedMs > 0, 'it says how long it has worked');
  abort.abort(new Fault('ERR_ENDED', 'it is over'));
  reply.cut();
  await released;
});
