// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { type ChannelEvent, encodeChannelData, encodeClose, encodeStreamStatus } from '@countersign/kube';
import type { StreamMask } from '@countersign/mask';
import type { StreamFrame } from '@countersign/recording';
import { Fault } from '../../faults.ts';
import { LogError } from '../../log/log-error.ts';
import { RecordingsError } from '../../recordings/recordings-error.ts';
import type { ExecOutput } from './exec-caller.ts';
import { endOf, run, statusOf, success } from './exec-for-tests.ts';
import { FAREWELL_MS } from './until-late.ts';

test('a session that comes to its end is told so after its records', async () => {
  const { events, records } = await run({
    upstream: (connection) => {
      connection.write(encodeChannelData('stdout', Buffer.from('out')));
      connection.write(encodeChannelData('error', success));
      connection.end(encodeClose(1000, ''));
    },
  });
  assert.deepEqual(
    records.map(({ type }) => type),
    ['recording.start', 'outcome', 'stream.start', 'recording.end', 'stream.end'],
  );
  assert.deepEqual(endOf(records), ['complete', undefined, 0, 3]);
  assert.deepEqual(statusOf(events), { outcome: 'success' });
});

for (const [how, upstream] of [
  ['closes without a status', (connection) => connection.end(encodeClose(1000, ''))],
  ['just ends', (connection) => connection.end()],
  ['breaks off', (connection) => connection.destroy()],
] as const satisfies [string, (connection: Duplex) => void][]) {
  test(`an upstream that ${how} is no success`, async () => {
    const { events, records } = await run({ upstream });
    assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_UPSTREAM_LOST']);
    assert.equal(statusOf(events)?.outcome, 'failure');
  });
}

test('what upstream says that can not be read is not passed on', async () => {
  const { events, records } = await run({ upstream: (connection) => connection.write('HTTP/1.1 200 OK\r\n') });
  assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_ANSWER_MALFORMED']);
  assert.equal(events.filter((event) => event.channel !== 'error').length, 0);
});

test('without a start on record nothing is switched', async () => {
  const { switched, error, records } = await run({ upstream: () => {}, failsAt: 'stream.start' });
  const types = records.map(({ type }) => type);
  assert.deepEqual([switched, types], [false, ['recording.start', 'recording.end']]);
  assert.ok(error instanceof LogError);
});

test('without an end on record no end is told', async () => {
  const { events, records } = await run({
    upstream: (connection) => {
      connection.write(encodeChannelData('error', success));
      connection.end(encodeClose(1000, ''));
    },
    failsAt: 'stream.end',
  });
  assert.equal(statusOf(events), undefined);
  assert.deepEqual(records.map(({ type }) => type).slice(-2), ['stream.start', 'recording.end']);
});

test('without a recording nothing is switched', async () => {
  const { switched, error, records } = await run({ upstream: () => {}, failsAt: 'recording.start' });
  assert.deepEqual([switched, records], [false, []]);
  assert.ok(error instanceof Fault && error.cause instanceof LogError);
});

test('what is ended from outside hears why', async () => {
  const { events, records } = await run({ upstream: () => {}, endBy: new Fault('ERR_TOKEN_EXPIRED') });
  assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_TOKEN_EXPIRED']);
  const status = statusOf(events);
  assert.ok(status?.outcome === 'failure');
  assert.match(status.message, /the token expired.*request 3f0c1d1e/);
});

/** By the farewell's time and not by the much longer one of who reads, however busy the machine is. */
function assertSoon(sinceMs: number): void {
  assert.ok(FAREWELL_MS < 1_000);
  assert.ok(performance.now() - sinceMs < 20 * FAREWELL_MS);
}

test('a caller that does not read is closed all the same', async () => {
  const since = performance.now();
  const { records } = await run({
    upstream: (connection) => void connection.write(encodeChannelData('stdout', Buffer.alloc(1_000_000))),
    endBy: new Fault('ERR_AGENT_LOCKED'),
    stalled: true,
  });
  assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_AGENT_LOCKED']);
  assertSoon(since);
});

test('a caller that does not hear of its end is closed when it is ended from outside', async () => {
  let lockedMs = Number.NaN;
  const { records } = await run({
    upstream: saying(['stdout', 'out']),
    onRecord: (type, abort) => {
      if (type !== 'stream.end') return;
      lockedMs = performance.now();
      abort.abort(new Fault('ERR_AGENT_LOCKED'));
    },
    stalled: true,
  });
  assert.deepEqual(endOf(records).slice(0, 2), ['complete', undefined]);
  assertSoon(lockedMs);
});

test('a caller that is gone before it hears of its end has one end on record', async () => {
  const { records, error } = await run({
    upstream: saying(['stdout', 'out']),
    onRecord: (type, _abort, callersEnd) => type === 'recording.end' && callersEnd.destroy(),
  });
  assert.equal(error, undefined);
  assert.deepEqual(
    records.map(({ type }) => type),
    ['recording.start', 'outcome', 'stream.start', 'recording.end', 'stream.end'],
  );
});

/** Says something on an output, then that it ended well. */
function saying(...said: readonly (readonly [ExecOutput, string])[]) {
  return (connection: Duplex) => {
    for (const [channel, text] of said) connection.write(encodeChannelData(channel, Buffer.from(text)));
    connection.write(encodeChannelData('error', success));
    connection.end(encodeClose(1000, ''));
  };
}

function textsOf(frames: readonly (StreamFrame | ChannelEvent)[]) {
  return frames.map((frame) => {
    const bytes = 'bytes' in frame ? frame.bytes : 'data' in frame ? frame.data : Buffer.alloc(0);
    return [frame.channel, Buffer.from(bytes).toString()];
  });
}

test('what flows is recorded: what is typed, what is printed, and how it ended', async () => {
  const { records, recorded } = await run({
    caller: (connection) => connection.write(encodeChannelData('stdin', Buffer.from('in'), Buffer.alloc(4))),
    upstream: (connection) => connection.once('data', () => saying(['stdout', 'out'], ['stderr', 'err'])(connection)),
  });
  const start = records.find((record) => record.type === 'stream.start');
  assert.deepEqual(start?.recorded, ['up', 'down']);
  assert.deepEqual(textsOf(recorded).slice(0, 3), [
    ['stdin', 'in'],
    ['stdout', 'out'],
    ['stderr', 'err'],
  ]);
  assert.deepEqual(
    recorded.slice(3).map((frame) => ({ ...frame, at: 0, ...('bytes' in frame ? { bytes: '' } : {}) })),
    [
      { at: 0, channel: 'error', bytes: '' },
      { at: 0, channel: 'end', end: 'complete', exitCode: 0 },
    ],
  );
});

test('what waits keeps no more in memory than twice what it counts, whatever it came with', async () => {
  const kept: number[] = [];
  const unasked = encodeChannelData('resize', Buffer.alloc(60_000, 'x'), Buffer.alloc(4));
  const key = encodeChannelData('stdin', Buffer.from('y'), Buffer.alloc(4));
  await run({
    caller: (connection) => connection.write(Buffer.concat([key, unasked])),
    upstream: (connection) => connection.once('data', () => saying(['stdout', 'out'])(connection)),
    onFrame: (frame) => {
      if (frame.channel === 'stdin') kept.push(frame.bytes.buffer.byteLength);
    },
  });
  assert.deepEqual(kept, [1]);
});

test('what is typed is not recorded where that is configured, and what is printed is', async () => {
  const { records, recorded } = await run({
    recordsStdin: false,
    caller: (connection) => connection.write(encodeChannelData('stdin', Buffer.from('in'), Buffer.alloc(4))),
    upstream: (connection) => connection.once('data', () => saying(['stdout', 'out'])(connection)),
  });
  const start = records.find((record) => record.type === 'stream.start');
  assert.deepEqual(start?.recorded, ['down']);
  assert.deepEqual(
    recorded.map(({ channel }) => channel),
    ['stdout', 'error', 'end'],
  );
});

test('a frame that can not be recorded is not passed on, nor is what follows it', async () => {
  let frames = 0;
  const { events, records } = await run({
    upstream: saying(['stdout', 'one '], ['stdout', 'two '], ['stdout', 'three']),
    onFrame: ({ channel }) => {
      if (channel !== 'stdout') return;
      frames += 1;
      if (frames === 2) throw new RecordingsError('ERR_RECORDINGS_FAILED', 'the disk is gone');
    },
  });
  const printed = textsOf(events.filter(({ channel }) => channel === 'stdout')).map(([, text]) => text);
  assert.ok(['', 'one '].includes(printed.join('')), `neither two nor three: ${printed}`);
  assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_RECORDING_FAILED']);
  const status = statusOf(events);
  assert.ok(status?.outcome === 'failure');
  assert.match(status.message, /can't be recorded/);
});

test('what is ended from outside has the sentence that its caller heard in its recording', async () => {
  const { recorded } = await run({ upstream: () => {}, endBy: new Fault('ERR_TOKEN_EXPIRED') });
  assert.match(textsOf(recorded).flat().join(' '), /^notice the token expired.*request 3f0c1d1e/);
  assert.ok(recorded.some((frame) => frame.channel === 'end' && frame.reason === 'ERR_TOKEN_EXPIRED'));
});

/** Masks digits, a piece late. */
function digits(): StreamMask {
  let held = '';
  let count = 0;
  const masked = (text: string) => {
    count += text.match(/\d/g)?.length ?? 0;
    return Buffer.from(text.replaceAll(/\d/g, '#'));
  };
  return {
    push(bytes) {
      const text = held;
      held = Buffer.from(bytes).toString();
      return masked(text);
    },
    typed: () => {},
    resized: () => {},
    due: () => undefined,
    tick: () => Buffer.alloc(0),
    end: () => masked(held),
    counts: () => ({ digit: count }),
  };
}

test('what upstream says went wrong is masked, told and recorded', async () => {
  const failure = { outcome: 'failure', reason: 'InternalError', message: 'no file at 12' } as const;
  const { events, records, recorded } = await run({
    upstream: (connection) => {
      connection.write(encodeChannelData('error', encodeStreamStatus(failure)));
      connection.end(encodeClose(1000, ''));
    },
    outputMask: digits,
  });
  assert.deepEqual(statusOf(events), { ...failure, message: 'no file at ##' });
  assert.match(textsOf(recorded).flat().join(' '), /no file at ##/);
  const end = records.at(-1);
  assert.ok(end?.type === 'stream.end');
  assert.deepEqual(end.masked, [{ rule: 'digit', count: 2 }]);
});

test('an output goes through its mask before it is recorded, to its end', async () => {
  const { events, records, recorded } = await run({
    upstream: saying(['stdout', 'a1'], ['stderr', 'b22'], ['stdout', 'c3']),
    outputMask: digits,
  });
  const flowed = (channel: ExecOutput, frames: readonly (StreamFrame | ChannelEvent)[]) =>
    textsOf(frames)
      .filter(([of]) => of === channel)
      .map(([, text]) => text)
      .join('');
  for (const frames of [events, recorded]) {
    assert.deepEqual([flowed('stdout', frames), flowed('stderr', frames)], ['a#c#', 'b##']);
  }
  const end = records.at(-1);
  assert.ok(end?.type === 'stream.end');
  assert.deepEqual(end.masked, [{ rule: 'digit', count: 4 }]);
});
