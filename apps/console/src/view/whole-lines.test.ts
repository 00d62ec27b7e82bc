// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeLines } from './whole-lines.ts';

/** A body that comes in these pieces, and what of it was asked for. */
function bodyOf(pieces: readonly Uint8Array[]) {
  const left = [...pieces];
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = left.shift();
        if (piece) controller.enqueue(piece);
        else controller.close();
      },
      cancel() {
        isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, left, isCancelled: () => isCancelled };
}

const bytes = (text: string) => new TextEncoder().encode(text);

test('a text that fits is read whole, wherever its bytes are split', async () => {
  const all = bytes('ä\nö');
  for (let at = 0; at <= all.length; at += 1) {
    const { body } = bodyOf([all.subarray(0, at), all.subarray(at)]);
    assert.deepEqual(await wholeLines(body, 3), { text: 'ä\nö', isPart: false });
  }
});

test('of a longer one whole lines are kept, and the rest is not read', async () => {
  const { body, left, isCancelled } = bodyOf([bytes('one\ntw'), bytes('o\nthree\n'), bytes('four')]);
  assert.deepEqual(await wholeLines(body, 9), { text: 'one\ntwo\n', isPart: true });
  assert.deepEqual([left.length, isCancelled()], [1, true]);
});

test('of one line that is longer nothing is kept', async () => {
  assert.deepEqual(await wholeLines(bodyOf([bytes('longer')]).body, 3), { text: '', isPart: true });
});
