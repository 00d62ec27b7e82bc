// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FACTS } from './fixtures/memory-recording.ts';
import type { RecordedFrame } from './frame.ts';
import { type PaceOptions, paceFrames, ReplayText } from './replay.ts';

const out = (at: number, text: string): RecordedFrame => ({ channel: 'stdout', bytes: Buffer.from(text), at });

async function* streamOf(frames: readonly RecordedFrame[]): AsyncGenerator<RecordedFrame> {
  yield* frames;
}

async function waitsOf(times: readonly number[], options?: PaceOptions): Promise<readonly number[]> {
  const frames = streamOf(times.map((at) => out(at * 1_000, 'x')));
  return (await Array.fromAsync(paceFrames(frames, options))).map(({ waitMs }) => waitMs);
}

describe('paceFrames', () => {
  it('waits as long as it took', async () => {
    assert.deepEqual(await waitsOf([100, 100, 350, 5_350]), [100, 0, 250, 5_000]);
  });

  it('goes faster, squeezes silences, jumps', async () => {
    assert.deepEqual(await waitsOf([100, 300], { speed: 2 }), [50, 100]);
    assert.deepEqual(await waitsOf([100, 60_000], { idleMs: 1_000 }), [100, 1_000]);
    assert.deepEqual(await waitsOf([100, 60_000], { idleMs: 1_000, speed: 4 }), [25, 250]);
    assert.deepEqual(await waitsOf([100, 5_000, 5_200], { from: 5_100_000 }), [0, 0, 100]);
  });
});

describe('ReplayText', () => {
  it('gives what draws, and undoes it at the end', () => {
    const text = new ReplayText(FACTS);
    assert.equal(text.push(out(0, '\x1b[?25l\x1b]0;t\x07hi\n')), '\x1b[?25lhi\n');
    assert.equal(text.push({ channel: 'stdin', bytes: Buffer.from('typed'), at: 0 }), '');
    assert.ok(text.reset().startsWith('\x1b[?25h'));
  });

  it('begins lines at the left where there was no terminal', () => {
    assert.equal(new ReplayText({ ...FACTS, tty: false }).push(out(0, 'one\ntwo')), 'one\r\ntwo');
  });

  it('says of what is no text how much it was, and goes on behind it', () => {
    const text = new ReplayText({ ...FACTS, tty: false });
    const archive: RecordedFrame = { channel: 'stdout', bytes: new Uint8Array(600), at: 0 };
    const rest: RecordedFrame = { channel: 'stdout', bytes: new Uint8Array(600).fill(0xff), at: 0 };
    assert.deepEqual(
      [archive, rest, out(0, 'done\n'), archive].map((frame) => text.push(frame)),
      ['', '', '(1200 bytes that are no text)\r\ndone\r\n', ''],
    );
    assert.ok(text.reset().startsWith('(600 bytes that are no text)\r\n'));
    assert.equal(new ReplayText(FACTS).push(out(0, 'a\0b')).includes('no text'), false);
  });

  it('tells of a port-forward what went which way, and never its bytes', () => {
    const text = new ReplayText({ ...FACTS, kind: 'portforward', tty: false });
    const frames: RecordedFrame[] = [
      { channel: 'port-open', connection: 1, port: 8080, at: 0 },
      { channel: 'port-up', connection: 1, bytes: Buffer.from('\x1b]52;'), at: 0 },
      { channel: 'port-down', connection: 1, bytes: Buffer.from('abc'), at: 0 },
      { channel: 'port-up-end', connection: 1, at: 0 },
      { channel: 'port-down-end', connection: 1, at: 0 },
      { channel: 'port-error', connection: 1, bytes: Buffer.from('no'), at: 0 },
    ];
    const lines = ['opened', '5 bytes up', '3 bytes down', 'no more up', 'no more down', 'an error of 2 bytes'];
    assert.deepEqual(
      frames.map((frame) => text.push(frame)),
      lines.map((line) => `port 8080 connection 1: ${line}\r\n`),
    );
  });
});
