// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AsciicastOptions, asciicast } from './asciicast.ts';
import { FACTS } from './fixtures/memory-recording.ts';
import type { RecordedFrame } from './frame.ts';

async function* streamOf(frames: readonly RecordedFrame[]): AsyncGenerator<RecordedFrame> {
  yield* frames;
}

const out = (at: number, text: string | Uint8Array): RecordedFrame => ({
  channel: 'stdout',
  bytes: Buffer.from(text as string),
  at,
});

async function castOf(frames: readonly RecordedFrame[], more: Partial<AsciicastOptions> = {}) {
  const lines = await Array.fromAsync(asciicast(streamOf(frames), { facts: FACTS, timestamp: 1_795_491_240, ...more }));
  assert.ok(
    lines.every((line) => /^[^\p{Cc}]*\n$/u.test(line)),
    'each is one line, without control characters',
  );
  const [header, ...events] = lines.map((line) => JSON.parse(line));
  return { header, events };
}

describe('asciicast', () => {
  it('has a header of version 3, with the first size', async () => {
    const { header, events } = await castOf([
      { channel: 'stdin', bytes: Buffer.from('l'), at: 500 },
      { channel: 'resize', columns: 132, rows: 43, at: 900 },
      out(1_000_000, 'x'),
    ]);
    assert.deepEqual(header, {
      version: 3,
      term: { cols: 132, rows: 43 },
      timestamp: 1_795_491_240,
      command: 'sh -c echo plain-command',
      title: 'exec shop/payments-0',
      countersign: FACTS,
    });
    assert.deepEqual(events, [
      [0.001, 'i', 'l'],
      [0.999, 'o', 'x'],
    ]);
    assert.deepEqual((await castOf([])).header.term, { cols: 80, rows: 24 });
  });

  it('has a terminal that a player can have, whatever its caller said', async () => {
    const { header, events } = await castOf([
      { channel: 'resize', columns: 65_535, rows: 65_535, at: 0 },
      { channel: 'resize', columns: 65_535, rows: 1, at: 1_000 },
    ]);
    assert.deepEqual(header.term, { cols: 1_000, rows: 500 });
    assert.deepEqual(events, [[0.001, 'r', '1000x1']]);
  });

  it('has output, input, sizes, the exit code, and why it was cut', async () => {
    const { events } = await castOf([
      out(0, 'a'),
      { channel: 'stderr', bytes: Buffer.from('b'), at: 1_000 },
      { channel: 'notice', bytes: Buffer.from('c'), at: 2_000 },
      { channel: 'stdin', bytes: Buffer.from('d'), at: 3_000 },
      { channel: 'resize', columns: 90, rows: 30, at: 4_000 },
      { channel: 'resize', columns: 91, rows: 30, at: 4_000 },
      { channel: 'stdin-end', at: 5_000 },
      { channel: 'error', bytes: Buffer.from('{}'), at: 5_500 },
      { channel: 'end', end: 'cut', reason: 'ERR_TOKEN_EXPIRED', exitCode: 7, at: 6_000 },
    ]);
    assert.deepEqual(events, [
      [0, 'o', 'a'],
      [0.001, 'o', 'b'],
      [0.001, 'o', 'c'],
      [0.001, 'i', 'd'],
      [0.001, 'r', '91x30'],
      [0.002, 'm', 'cut: ERR_TOKEN_EXPIRED'],
      [0, 'x', '7'],
    ]);
  });

  it('carries characters over frames, and times without drift', async () => {
    const euro = Buffer.from('€');
    const { events } = await castOf([out(0, euro.subarray(0, 1)), out(400, euro.subarray(1))]);
    assert.deepEqual(events, [[0, 'o', '€']]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5_000_000), { minLength: 1 }), async (gaps) => {
        let at = 0;
        const frames = gaps.map((gap) => {
          at += gap;
          return out(at, 'x');
        });
        const sum = (await castOf(frames)).events.reduce((total, [interval]) => total + interval, 0);
        assert.ok(Math.abs(sum - at / 1_000_000) <= 0.001);
      }),
    );
  });

  it('lets no escape out that acts on the terminal of a player, unless it is asked to be raw', async () => {
    const frames = [out(0, 'a\x1b]52;c;cm0K\x07\x1b[31mb\x1b[6n')];
    assert.deepEqual((await castOf(frames)).events, [[0, 'o', 'a\x1b[31mb']]);
    assert.deepEqual((await castOf(frames, { isRaw: true })).events, [[0, 'o', 'a\x1b]52;c;cm0K\x07\x1b[31mb\x1b[6n']]);
  });

  it('begins lines at the left where there was no terminal', async () => {
    const frames = [out(0, 'one\ntwo\n')];
    assert.deepEqual((await castOf(frames, { facts: { ...FACTS, tty: false } })).events, [[0, 'o', 'one\r\ntwo\r\n']]);
  });
});
