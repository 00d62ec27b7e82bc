// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { encodeChannelData, encodeFrame, opcodes, portStreamHeaders, SpdySession } from '@countersign/kube';
import { BUDGET_MS, TurnBudget } from '../turn-budget.ts';
import { WebSocketCaller } from './exec/web-socket-caller.ts';
import { CONTROL_BYTES, FrameTurns } from './frame-turns.ts';
import { inflate } from './inflate.ts';
import { plainLink } from './port-forward/byte-link.ts';
import { SpdyForwardCaller } from './port-forward/spdy-forward-caller.ts';

const MASK = Uint8Array.of(1, 2, 3, 4);
const COUNT = 2_000;
const terminal = { stdin: true, stdout: true, stderr: false, tty: true };
const piped = { stdin: true, stdout: true, stderr: false, tty: false };

/** What a frame takes, by the clock of these tests. */
const FRAME_MS = 0.05;
const FRAMES_PER_TURN = BUDGET_MS / FRAME_MS;

/** A caller whose agent's bytes are counted, on a loop with a clock of its own. */
function counted() {
  let spent = 0;
  let ms = 0;
  const now = () => {
    ms += FRAME_MS;
    return ms;
  };
  const spend = (bytes: number) => {
    spent += bytes;
  };
  const allowance = { spend, spendRequests: () => {}, hasBytes: async () => {}, leave: () => {} };
  return {
    turns: new FrameTurns({ allowance, abort: new AbortController() }, new TurnBudget(now)),
    spent: () => spent,
  };
}

/** The most that is done in one turn of the event loop while `work` lasts, by a count that it keeps. */
async function mostInOneTurn(done: () => number, work: Promise<unknown>): Promise<number> {
  let most = 0;
  let last = done();
  let isOver = false;
  const look = () => {
    most = Math.max(most, done() - last);
    last = done();
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await work;
  isOver = true;
  look();
  return most;
}

/** Two, as one may begin in the middle of a turn. */
const MOST = 2 * FRAMES_PER_TURN;

interface Read {
  inputs(): AsyncIterable<unknown>;
}

/** What a caller sends is written at once; gives how many of its inputs came, and the most of them in one turn. */
async function readAll(caller: Read, callersEnd: Duplex, bytes: Uint8Array) {
  let inputs = 0;
  callersEnd.resume();
  callersEnd.end(bytes);
  const work = (async () => {
    for await (const _ of caller.inputs()) inputs += 1;
  })();
  const most = await mostInOneTurn(
    () => inputs,
    work.catch(() => undefined),
  );
  return { inputs, most };
}

const many = (frame: Uint8Array) => Buffer.concat(Array.from({ length: COUNT }, () => Buffer.from(frame)));

for (const [what, frame, inputs, streams] of [
  ['single keys', encodeChannelData('stdin', Buffer.from('a'), MASK), COUNT, piped],
  ['empty messages', encodeChannelData('stdin', new Uint8Array(0), MASK), 0, piped],
  ['sizes of no terminal', encodeChannelData('resize', Buffer.from('{"Width":80,"Height":24}'), MASK), 0, piped],
  ['pongs', encodeFrame(opcodes.pong, [], MASK), 0, piped],
] as const) {
  test(`${what} are read in turns, and count where they carry nothing on`, async () => {
    const [callersEnd, ours] = duplexPair();
    const { turns, spent } = counted();
    const caller = new WebSocketCaller(ours, 5, streams, 0, turns);
    const got = await readAll(caller, callersEnd, many(frame));
    assert.equal(got.inputs, inputs);
    assert.ok(got.most <= MOST, `${got.most} in one turn`);
    if (inputs === 0) assert.ok(spent() >= (COUNT - 1) * CONTROL_BYTES, `${spent()} bytes counted`);
  });
}

test('pings are answered in turns, and count', async () => {
  const [callersEnd, ours] = duplexPair();
  const { turns, spent } = counted();
  let answered = 0;
  const write = ours.write.bind(ours);
  ours.write = ((chunk: Uint8Array) => {
    answered += 1;
    return write(chunk);
  }) as typeof ours.write;
  const caller = new WebSocketCaller(ours, 5, piped, 0, turns);
  const work = readAll(caller, callersEnd, many(encodeFrame(opcodes.ping, [], MASK)));
  assert.ok((await mostInOneTurn(() => answered, work)) <= MOST);
  assert.equal(answered, COUNT);
  assert.ok(spent() >= (COUNT - 1) * CONTROL_BYTES);
});

test('sizes of a terminal in one message are read in turns', async () => {
  const [callersEnd, ours] = duplexPair();
  const caller = new WebSocketCaller(ours, 5, terminal, 0, counted().turns);
  const sizes = encodeChannelData('resize', many(Buffer.from('{"Width":80,"Height":24}')), MASK);
  const got = await readAll(caller, callersEnd, sizes);
  assert.equal(got.inputs, COUNT);
  assert.ok(got.most <= MOST, `${got.most} in one turn`);
});

/** Streams that are opened and given up at once. */
function openedAndReset(): Uint8Array {
  const session = new SpdySession({ role: 'client', inflate });
  const bytes: Uint8Array[] = [];
  for (let count = 0; count < COUNT; count += 1) {
    const { stream, bytes: opened } = session.open(
      portStreamHeaders({ type: 'error', port: 8080, requestId: String(count) }),
    );
    bytes.push(opened, session.reset(stream, 5) ?? new Uint8Array(0));
  }
  return Buffer.concat(bytes);
}

test('streams that are opened and given up again and again are read in turns, and count', async () => {
  const [callersEnd, ours] = duplexPair();
  const { turns, spent } = counted();
  let answered = 0;
  const link = plainLink(ours);
  const write = async (bytes: Uint8Array) => {
    answered += 1;
    await link.write(bytes);
  };
  const caller = new SpdyForwardCaller({ ...link, hasRoom: true, write }, turns);
  const work = readAll(caller, callersEnd, openedAndReset());
  assert.ok((await mostInOneTurn(() => answered, work)) <= MOST);
  assert.equal(answered, COUNT);
  assert.ok(spent() >= (2 * COUNT - 1) * CONTROL_BYTES);
});
