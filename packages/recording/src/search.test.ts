// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordingFacts } from './facts.ts';
import { FACTS } from './fixtures/memory-recording.ts';
import type { RecordedFrame, StreamFrame } from './frame.ts';
import { searchRecording } from './search.ts';

type Bytes = Extract<StreamFrame, { readonly bytes: Uint8Array }>;

function frame(channel: Bytes['channel'], text: string, more: object = {}): RecordedFrame {
  return { channel, bytes: Buffer.from(text), at: 0, ...more } as RecordedFrame;
}

async function* streamOf(frames: readonly RecordedFrame[]): AsyncGenerator<RecordedFrame> {
  yield* frames.map((one, at) => ({ ...one, at }));
}

/** Of what is drawn on no terminal. */
const PLAIN = { ...FACTS, tty: false };

async function hitsOf(text: string, ...frames: readonly RecordedFrame[]): Promise<readonly string[]> {
  return await hitsIn(FACTS, text, ...frames);
}

async function hitsIn(facts: RecordingFacts, text: string, ...frames: readonly RecordedFrame[]) {
  const hits = await Array.fromAsync(searchRecording(streamOf(frames), { text, facts }));
  return hits.map(({ at, where, connection, line, isHidden }) =>
    [at, where, ...(connection === undefined ? [] : [connection]), isHidden ? `(${line})` : line].join(' '),
  );
}

async function atAndWhere(text: string, ...frames: readonly RecordedFrame[]): Promise<readonly string[]> {
  return (await hitsIn(PLAIN, text, ...frames)).map((hit) => hit.split(' ').slice(0, 2).join(' '));
}

describe('searchRecording', () => {
  it('finds text in the command and in what flowed, told apart by channel, across frames, without regard to case', async () => {
    assert.deepEqual(await hitsOf('Plain-COMMAND'), ['0 command sh -c echo plain-command']);
    const found = await hitsOf(
      'token',
      frame('stdout', 'my to'),
      frame('stderr', 'TOK'),
      frame('stdout', 'ken\r\n'),
      frame('stderr', 'EN?\n'),
    );
    assert.deepEqual(found, ['0 stdout my token', '1 stderr TOKEN?']);
  });

  it('finds what escape sequences split, what was overwritten, and what a terminal never showed', async () => {
    assert.deepEqual(await hitsOf('secret', frame('stdout', 'se\x1b[1mcr\x1b[0met\n')), ['0 stdout secret']);
    assert.deepEqual(await hitsOf('secret', frame('stdout', 'secret\r********\n')), ['0 stdout (secret********)']);
    assert.deepEqual(await hitsOf('secret', frame('stdout', '\x1b]52;c;secret\x07ok\n')), ['0 stdout (52;c;secretok)']);
  });

  it('finds what was typed, line by line', async () => {
    const typed = [...'cat x\x7fy\rexit\r'].map((character) => frame('stdin', character));
    assert.deepEqual(await hitsOf('cat y', ...typed), ['0 stdin cat y']);
    assert.deepEqual(await hitsOf('exit', ...typed), ['8 stdin exit']);
  });

  it('finds text in connections of a port-forward, each by itself, however many there are', async () => {
    const half = frame('port-up', 'GET /sec', { connection: 1 });
    const others = Array.from({ length: 300 }, (_, i) => frame('port-up', 'ret HTTP', { connection: i + 2 }));
    assert.deepEqual(await hitsOf('secret', half, ...others), []);
    const found = await hitsOf('secret', half, frame('port-up', 'ret HTTP/1.1\r\n', { connection: 1 }));
    assert.deepEqual(found, ['0 port-up 1 GET /secret HTTP/1.1']);
    assert.deepEqual(await hitsOf('get /sec', half, ...others), ['0 port-up 1 GET /sec']);
  });

  it('finds text in what is none: across frames, in UTF-8, between control characters, in any case', async () => {
    const noise = '\0\x01\x02\x10\xff'.repeat(30);
    const frames = [
      `${noise}se\0cr`,
      `e\x1b[1mt \u200bTüR\r${noise}\n`,
      'plain se',
      `cret${noise}`,
      `${noise}sec`,
      'ret\n',
    ];
    const bytes = frames.map((text) => frame('stdout', text));
    assert.deepEqual(await atAndWhere('secret', ...bytes), ['0 stdout', '2 stdout', '4 stdout']);
    assert.deepEqual(await atAndWhere('TÜR', ...bytes), ['1 stdout']);
    assert.deepEqual(await atAndWhere('t tür', ...bytes), ['1 stdout']);
    const [line = ''] = await hitsIn(PLAIN, 'secret', ...bytes);
    assert.doesNotMatch(line, /\p{Cc}/u);
    assert.ok(line.length < 2_000);
  });

  it('takes a time for each byte that hangs on none, and holds little', async () => {
    let seed = 1;
    const random = Uint8Array.from({ length: 65_536 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed >>> 16;
    });
    const took = async (bytes: Uint8Array) => {
      const frames = Array.from({ length: 64 }, () => ({ channel: 'stdout', bytes, at: 0 }) as RecordedFrame);
      const before = process.cpuUsage();
      for await (const _ of searchRecording(streamOf(frames), { text: 'no such thing', facts: PLAIN }));
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const text = new TextEncoder().encode('a line of a log as there are many\n'.repeat(1_928));
    await took(random);
    const [ofText, ofBinary] = [await took(text), await took(random)];
    assert.ok(ofBinary < 3 * ofText + 50_000, `4 MiB: ${ofBinary} µs of CPU, of text ${ofText}`);
  });

  it('takes no text that it could miss', async () => {
    for (const text of ['', 'x'.repeat(257)]) await assert.rejects(hitsOf(text), { code: 'ERR_RECORDING_FRAME' });
  });
});
