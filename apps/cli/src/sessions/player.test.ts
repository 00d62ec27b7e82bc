// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordedFrame } from '@countersign/recording';
import { Player, type PlayOptions } from './player.ts';

const SECOND = 1_000_000;
const frames = ['a', 'b\x1b]52;c;cm0K\x07', 'c', 'd'].map(
  (text, i): RecordedFrame => ({ channel: 'stdout', bytes: Buffer.from(text), at: i * 6 * SECOND }),
);

/** What was written, and how long was waited, in order; `keys` are pressed in the waits, by their number. */
async function played(more: Partial<PlayOptions> = {}, keys: Readonly<Record<number, string>> = {}) {
  const events: (string | number)[] = [];
  let waits = 0;
  const options = {
    facts: undefined,
    frames: async function* () {
      yield* frames;
    },
    speed: 1,
    idleMs: Number.POSITIVE_INFINITY,
    from: 0,
    ...more,
  };
  const player = new Player(options, {
    write: async (text) => {
      if (text !== '') events.push(text);
    },
    wait: async (milliseconds, signal) => {
      events.push(milliseconds);
      waits += 1;
      const pressed = keys[waits];
      if (pressed !== undefined) player.press(pressed);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what keys are
      assert.equal(signal.aborted, / |^q|^(?:\x1b\[[CD])+$/.test(pressed ?? ''));
    },
  });
  await player.run();
  return events;
}

describe('Player', () => {
  it('plays at its pace, what draws and nothing else, and leaves the terminal as it was', async () => {
    assert.deepEqual(await played(), ['a', 6_000, 'b', 6_000, 'c', 6_000, 'd', '\x1b[0m\x1b[0m\x1b[0m']);
    assert.deepEqual((await played({ speed: 4, idleMs: 2_000 })).slice(0, 4), ['a', 500, 'b', 500]);
    assert.deepEqual((await played({ from: 12 * SECOND })).slice(0, 4), ['a', 'b', 'c', 6_000]);
  });

  it('jumps ahead and back by drawing all anew', async () => {
    const reset = '\x1b[0m\x1b[0m\x1b[0m';
    const clear = '\x1b[H\x1b[2J';
    assert.deepEqual(await played({}, { 1: '\x1b[C' }), [
      'a',
      6_000,
      reset,
      clear,
      'a',
      'b',
      2_000,
      'c',
      6_000,
      'd',
      reset,
    ]);
    const back = await played({}, { 3: '\x1b[D' });
    assert.deepEqual(back.slice(5), [6_000, reset, clear, 'a', 4_000, 'b', 6_000, 'c', 6_000, 'd', reset]);
  });

  it('is ended by q also while it waits for what is still to come', async () => {
    const player = new Player(
      {
        facts: undefined,
        speed: 1,
        idleMs: 0,
        from: 0,
        frames: async function* (goesOn) {
          yield* frames.slice(0, 1);
          player.press('q');
          while (goesOn()) await Promise.resolve();
        },
      },
      { write: async () => undefined, wait: async () => undefined },
    );
    await player.run();
  });

  it('asks for no frame while its terminal has no room, and is ended then too', async () => {
    const asked: number[] = [];
    const written: string[] = [];
    const player = new Player(
      {
        facts: undefined,
        speed: 1,
        idleMs: 0,
        from: 100 * SECOND,
        frames: async function* () {
          for (const [index, frame] of frames.entries()) {
            asked.push(index);
            yield frame;
          }
        },
      },
      {
        write: async (text, signal) => {
          written.push(text);
          if (written.length === 2) {
            setImmediate(() => player.end());
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
          }
        },
        wait: async () => undefined,
      },
    );
    await player.run();
    assert.deepEqual(
      [asked.slice(0, 2), written],
      [
        [0, 1],
        ['a', 'b', '\x1b[0m\x1b[0m\x1b[0m'],
      ],
    );
  });

  it('is held by a space, and ended by q; other keys do nothing', async () => {
    assert.deepEqual((await played({}, { 1: ' ', 2: ' ' })).slice(0, 4), ['a', 6_000, 2_147_483_647, 'b']);
    assert.deepEqual(await played({}, { 1: 'q' }), ['a', 6_000, '\x1b[0m\x1b[0m\x1b[0m']);
    assert.deepEqual((await played({}, { 1: 'x' })).slice(0, 3), ['a', 6_000, 'b']);
  });

  it('shows where a jump leads to while it is held, and is held there, at the end too', async () => {
    const reset = '\x1b[0m\x1b[0m\x1b[0m';
    const clear = '\x1b[H\x1b[2J';
    const forever = 2_147_483_647;
    const jumped = ['a', 6_000, forever, reset, clear, 'a', 'b', forever];
    assert.deepEqual(await played({}, { 1: ' ', 2: '\x1b[C', 3: ' ' }), [...jumped, 'c', 6_000, 'd', reset]);
    const beyond = [reset, clear, 'a', 'b', 'c', 'd', forever, reset];
    assert.deepEqual(await played({}, { 1: ' ', 2: '\x1b[C', 3: '\x1b[C', 4: 'q' }), [...jumped, ...beyond]);
  });

  it('takes several keys at once, and a sequence as one key', async () => {
    const reset = '\x1b[0m\x1b[0m\x1b[0m';
    const clear = '\x1b[H\x1b[2J';
    const ahead = ['a', 6_000, reset, clear, 'a', 'b', 'c', 'd', reset];
    assert.deepEqual(await played({}, { 1: '\x1b[C\x1b[C' }), ahead);
    assert.deepEqual((await played({}, { 1: '\x1b[C\x1b[D' })).slice(2, 6), [reset, clear, 'a', 6_000]);
    assert.deepEqual((await played({}, { 1: '\x1bOq\x1b[1;2q\x1bq' })).slice(0, 3), ['a', 6_000, 'b']);
  });
});
