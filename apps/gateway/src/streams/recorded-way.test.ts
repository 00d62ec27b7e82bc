// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamFrame } from '@countersign/recording';
import { WaitingRoom } from '../recordings/waiting-room.ts';
import { FRAME_BYTES, RecordedWay } from './recorded-way.ts';

/** With what the frame itself takes. */
const KIB_64 = 65_536;
const PAYLOAD = KIB_64 - FRAME_BYTES;
const MIB = 1_048_576;
const failed = new TypeError('the disk is gone');

/** A recording whose frames become durable, or fail, when the test says so. */
function disk(room = new WaitingRoom()) {
  const writes: PromiseWithResolvers<void>[] = [];
  const write = (_: StreamFrame) => {
    const asked = Promise.withResolvers<void>();
    writes.push(asked);
    return asked.promise;
  };
  return { write, writes, room };
}

const frame: StreamFrame = { channel: 'stdout', bytes: new Uint8Array(1) };
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function wayOver(recording: ReturnType<typeof disk>) {
  const passed: number[] = [];
  const failures: unknown[] = [];
  const way = new RecordedWay(recording, (error) => failures.push(error));
  const give = (id: number, bytes = 1, isRecorded = true) =>
    way.pass(bytes, isRecorded ? frame : undefined, async () => void passed.push(id));
  return { way, passed, failures, give };
}

test('nothing is passed on before it is durable, and all of it in order', async () => {
  const recording = disk();
  const { way, passed, give } = wayOver(recording);
  await give(1);
  await give(2);
  await give(3, 1, false);
  recording.writes[1]?.resolve();
  await settled();
  assert.deepEqual(passed, []);
  recording.writes[0]?.resolve();
  await way.flush();
  assert.deepEqual(passed, [1, 2, 3]);
});

for (const [what, others, most] of [
  ['over 4 MiB that wait', 0, 4 * MIB],
  ['over 1 MiB that waits, where there is no room for more', 64 * MIB, MIB],
] as const) {
  test(`${what}, whoever gives more is held back until the first of them has gone`, async () => {
    const recording = disk();
    recording.room.enter(others);
    const { passed, give } = wayOver(recording);
    const count = most / KIB_64;
    for (let id = 0; id < count; id += 1) await give(id, PAYLOAD);
    let isHeld = true;
    const next = give(count, PAYLOAD).then(() => {
      isHeld = false;
    });
    await settled();
    assert.equal(isHeld, true);
    recording.writes[0]?.resolve();
    await next;
    assert.deepEqual(passed, [0]);
  });
}

test('frames without a byte are held back, too, before they fill the memory', async () => {
  const recording = disk();
  const { give } = wayOver(recording);
  const most = Math.floor((4 * MIB) / FRAME_BYTES);
  for (let id = 0; id < most; id += 1) await give(id, 0);
  let isHeld = true;
  const next = give(most, 0).then(() => {
    isHeld = false;
  });
  await settled();
  assert.equal(isHeld, true);
  recording.writes[0]?.resolve();
  await next;
});

test('what has gone, or can not go any more, takes no room', async () => {
  const recording = disk();
  const { way, give } = wayOver(recording);
  for (let id = 0; id < 64; id += 1) await give(id, PAYLOAD);
  way.stop();
  for (const { resolve } of recording.writes) resolve();
  await assert.rejects(way.flush());
  recording.room.enter(64 * MIB - 1);
  assert.equal(recording.room.isFull(MIB + 1), false);
});

test('after a frame that could not be recorded nothing is passed on, and that is told', async () => {
  const recording = disk();
  const { way, passed, failures, give } = wayOver(recording);
  await give(1);
  await give(2);
  recording.writes[0]?.reject(failed);
  recording.writes[1]?.resolve();
  await assert.rejects(way.flush(), failed);
  assert.deepEqual([passed, failures[0]], [[], failed]);
  await give(3);
  recording.writes[2]?.resolve();
  await assert.rejects(way.flush(), failed);
  assert.deepEqual(passed, []);
});

test('what waits when the stream is ended stays where it is', async () => {
  const recording = disk();
  const { way, passed, give } = wayOver(recording);
  await give(1);
  way.stop();
  recording.writes[0]?.resolve();
  await assert.rejects(way.flush(), { code: 'ERR_RECORDINGS_CLOSED' });
  assert.deepEqual(passed, []);
});
