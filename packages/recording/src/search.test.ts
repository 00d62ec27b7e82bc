// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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

async function hitsOf(text: string, ...frames: readonly RecordedFrame[]): Promise<readonly string[]> {
  const hits = await Array.fromAsync(searchRecording(streamOf(frames), { text, facts: FACTS }));
  return hits.map(({ at, where, connection, line, isHidden }) =>
    [at, where, ...(connection === undefined ? [] : [connection]), isHidden ? `(${line})` : line].join(' '),
  );
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

  it('takes no text that it could miss', async () => {
    for (const text of ['', 'x'.repeat(257)]) await assert.rejects(hitsOf(text), { code: 'ERR_RECORDING_FRAME' });
  });
});
