// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { encodeChannelData, encodeClose, encodeFrame, opcodes, WebSocketDecoder } from '@countersign/kube';
import type { StreamFrame } from '@countersign/recording';
import { LastBytes } from '../bytes-for-tests.ts';
import { socketEnds } from '../socket-ends-for-tests.ts';
import { endOf, run, success } from './exec-for-tests.ts';

const KIB = 1_024;
const MASK = new Uint8Array(4);
const typed = encodeChannelData('stdin', Buffer.alloc(32 * KIB, 'y'), MASK);
/** What may wait of one session; it is read no further. */
const MOST_BYTES = 4 * KIB * KIB;
/** Much less than the 30 s that a caller has to hear how its command ended. */
const SOON_MS = 10_000;

/** Sends as much as is taken, until it is told to stop. */
function typing(caller: Socket): () => void {
  let isTyping = true;
  const type = () => {
    while (isTyping && caller.write(typed));
  };
  caller.on('drain', type);
  type();
  return () => {
    isTyping = false;
  };
}

/** Hears of what is recorded; calls back once, when what was typed is about as much as may wait. */
function onceMostIsTaken(then: () => void): (frame: StreamFrame) => void {
  let left = 0.95 * MOST_BYTES;
  return (frame) => {
    if (frame.channel !== 'stdin' || left <= 0) return;
    left -= frame.bytes.length;
    if (left <= 0) then();
  };
}

for (const [how, leave] of [
  ['closes its connection', (caller: Socket) => caller.destroy()],
  ['breaks it off', (caller: Socket) => caller.resetAndDestroy()],
] as const) {
  test(`a caller that ${how} while nobody takes what it types ends its session`, { timeout: 30_000 }, async () => {
    const ends = await socketEnds();
    const [caller] = ends;
    const { records } = await run({
      ends,
      upstream: () => {},
      caller: () => typing(caller),
      // What the gateway then writes to it says that it is not read.
      onFrame: onceMostIsTaken(() => caller.once('data', () => leave(caller))),
    });
    assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_CALLER_GONE']);
  });
}

test('a command that ends before it has read all that is typed leaves nothing behind', {
  timeout: 60_000,
}, async () => {
  const ends = await socketEnds();
  const [caller] = ends;
  let stop = () => {};
  let upstreamEnds = () => {};
  const frames = new WebSocketDecoder({ peer: 'server' });
  let leftMs = Number.NaN;
  const { records } = await run({
    ends,
    upstream: (connection) => {
      upstreamEnds = () => {
        connection.write(encodeChannelData('error', success));
        connection.end(encodeClose(1000, ''));
      };
    },
    caller: () => {
      stop = typing(caller);
      caller.on('data', (chunk: Buffer) => {
        if (!frames.push(new Uint8Array(chunk)).some(({ type }) => type === 'close')) return;
        stop();
        leftMs = performance.now();
        caller.destroy();
      });
    },
    onFrame: onceMostIsTaken(() => upstreamEnds()),
  });
  assert.deepEqual(endOf(records).slice(0, 2), ['complete', undefined]);
  assert.ok(performance.now() - leftMs < SOON_MS);
});

/** They are answered, and count: before the second is, its agent has no bytes left. */
const pings = Buffer.concat(['a', 'b'].map((text) => encodeFrame(opcodes.ping, [Buffer.from(text)], MASK)));

test('an idle caller of an agent without bytes is written to, and ends its session when it leaves', {
  timeout: 30_000,
}, async () => {
  const ends = await socketEnds();
  const [caller] = ends;
  const bytes = new LastBytes(true);
  const frames = new WebSocketDecoder({ peer: 'server' });
  const { records } = await run({
    ends,
    hasBytes: bytes.hasBytes,
    upstream: () => {},
    caller: () => {
      caller.write(pings);
      caller.on('data', (chunk: Buffer) => {
        const told = frames.push(new Uint8Array(chunk));
        // A pong that it has not asked for.
        if (told.some((event) => event.type === 'pong' && event.data.length === 0)) caller.destroy();
      });
    },
  });
  assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_CALLER_GONE']);
  assert.ok(bytes.isOver);
});

test('a session whose agent has no bytes left is over when its command is', { timeout: 30_000 }, async () => {
  const ends = await socketEnds();
  const [caller] = ends;
  let upstreamEnds = () => {};
  const bytes = new LastBytes(true, () => upstreamEnds());
  const frames = new WebSocketDecoder({ peer: 'server' });
  let isOverWhenTold = false;
  const { records } = await run({
    ends,
    hasBytes: bytes.hasBytes,
    upstream: (connection) => {
      upstreamEnds = () => {
        connection.write(encodeChannelData('error', success));
        connection.end(encodeClose(1000, ''));
      };
    },
    caller: () => {
      caller.write(pings);
      caller.on('data', (chunk: Buffer) => {
        if (!frames.push(new Uint8Array(chunk)).some(({ type }) => type === 'close')) return;
        isOverWhenTold = bytes.isOver;
        caller.destroy();
      });
    },
  });
  assert.deepEqual(endOf(records).slice(0, 2), ['complete', undefined]);
  assert.ok(isOverWhenTold);
});
