// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { StreamMask } from '@countersign/mask';
import { BUDGET_MS } from '../../turn-budget.ts';
import { MaskedOutput } from './output-mask.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const HOLD_MS = 20;

/** Holds the last byte back for 20 ms, and masks digits. */
class LastByteMask implements StreamMask {
  #held = '';
  #since = 0;
  #masked = 0;

  push(bytes: Uint8Array, nowMs: number): Uint8Array {
    const text = this.#held + new TextDecoder().decode(bytes);
    if (text.includes('!')) throw new TypeError('what it can not read');
    this.#since = nowMs;
    this.#held = text.slice(-1);
    return this.#shown(text.slice(0, -1));
  }

  typed(): void {}

  resized(): void {}

  due(): number | undefined {
    return this.#held === '' ? undefined : this.#since + HOLD_MS;
  }

  tick(nowMs: number): Uint8Array {
    assert.ok(nowMs >= this.#since + HOLD_MS, 'it is asked when it wants to be');
    return this.end();
  }

  end(): Uint8Array {
    const text = this.#held;
    this.#held = '';
    return this.#shown(text);
  }

  counts() {
    return { digit: this.#masked };
  }

  #shown(text: string): Uint8Array {
    this.#masked += text.match(/\d/g)?.length ?? 0;
    return utf8(text.replaceAll(/\d/g, '#'));
  }
}

/** Takes more than the time of a turn for each part. */
class SlowMask extends LastByteMask {
  override push(bytes: Uint8Array, nowMs: number): Uint8Array {
    for (const end = performance.now() + 1.5 * BUDGET_MS; performance.now() < end; );
    return super.push(bytes, nowMs);
  }
}

/** Tells how many bytes it is given at once. */
class CountingMask extends LastByteMask {
  readonly given: number[] = [];

  override push(bytes: Uint8Array, nowMs: number): Uint8Array {
    this.given.push(bytes.length);
    return super.push(bytes, nowMs);
  }
}

function outputOver(mask: StreamMask | undefined, t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const shown: string[] = [];
  const failures: unknown[] = [];
  const output = new MaskedOutput({
    mask,
    nowMs: Date.now,
    onBytes: async (bytes) => void shown.push(new TextDecoder().decode(bytes)),
    onFailure: (error) => failures.push(error),
  });
  return { output, shown, failures };
}

test('without a mask all goes on as it came', async (t) => {
  const { output, shown } = outputOver(undefined, t);
  await output.push(utf8('a1'));
  await output.end();
  assert.deepEqual([shown, output.counts()], [['a1'], {}]);
});

test('a terminal of which the width is known gives less at once, as its rows are read twice', async (t) => {
  const mask = new CountingMask();
  const { output } = outputOver(mask, t);
  for (const columns of [0, 80]) {
    output.resized(columns);
    await output.push(utf8('x'.repeat(10_000)));
  }
  assert.deepEqual(mask.given, [8_192, 1_808, 4_096, 4_096, 1_808]);
});

test('a long piece is masked in turns, between which others have theirs', async (t) => {
  const { output, shown } = outputOver(new SlowMask(), t);
  const pushed = output.push(utf8('x'.repeat(30_000)));
  let shownMeanwhile = Number.NaN;
  setImmediate(() => {
    shownMeanwhile = shown.length;
  });
  await pushed;
  await output.end();
  assert.equal(shown.join(''), 'x'.repeat(30_000));
  assert.ok(shownMeanwhile < shown.length - 1, `${shownMeanwhile} of ${shown.length}`);
});

test('what is held back goes on when it is due, once, or at the end', async (t) => {
  const { output, shown } = outputOver(new LastByteMask(), t);
  await output.push(utf8('a1b'));
  assert.deepEqual(shown, ['a#']);
  t.mock.timers.tick(HOLD_MS - 1);
  assert.deepEqual(shown, ['a#']);
  await output.push(utf8('2'));
  t.mock.timers.tick(HOLD_MS - 1);
  assert.deepEqual(shown, ['a#', 'b']);
  t.mock.timers.tick(1);
  await Promise.resolve();
  assert.deepEqual(shown, ['a#', 'b', '#']);
  await output.push(utf8('c'));
  await output.end();
  t.mock.timers.tick(HOLD_MS);
  assert.deepEqual([shown, output.counts()], [['a#', 'b', '#', 'c'], { digit: 2 }]);
});

test('a mask that fails on a piece is told of by it', async (t) => {
  const { output, shown } = outputOver(new LastByteMask(), t);
  await assert.rejects(output.push(utf8('!')), /can not read/);
  assert.deepEqual(shown, []);
});

test('a mask that fails between two pieces is told of, too', async (t) => {
  const mask = new LastByteMask();
  mask.tick = () => {
    throw new TypeError('not now');
  };
  const { output, failures } = outputOver(mask, t);
  await output.push(utf8('a'));
  t.mock.timers.tick(HOLD_MS);
  await new Promise((resolve) => setImmediate(resolve));
  assert.match(String(failures[0]), /not now/);
});

test('an output that is given up asks nothing more', async (t) => {
  const { output, shown } = outputOver(new LastByteMask(), t);
  await output.push(utf8('ab'));
  output[Symbol.dispose]();
  t.mock.timers.tick(HOLD_MS);
  assert.deepEqual(shown, ['a']);
});
