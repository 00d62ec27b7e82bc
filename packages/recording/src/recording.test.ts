// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHmac, hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { BLOCK_HEAD_BYTES, MAX_BLOCK_BYTES } from './block.ts';
import { BlockReader } from './block-reader.ts';
import {
  FACTS,
  HEADER,
  KEY,
  type MemoryRecording,
  memorySource,
  recordInMemory,
  type Step,
} from './fixtures/memory-recording.ts';
import { MAX_FRAME_BYTES, type RecordedFrame, type StreamFrame } from './frame.ts';
import type { RecordingSealer } from './recording-crypto.ts';
import { RecordingReader } from './recording-reader.ts';
import { RecordingWriter } from './recording-writer.ts';
import { verifyRecording } from './verify-recording.ts';

const nonces: string[] = [];
const crypto: RecordingSealer = {
  hash: { sha256: (bytes) => hash('sha256', bytes, 'buffer') },
  crc32,
  hmacSha256: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
  encrypt({ key, nonce, text, additionalData }) {
    nonces.push(Buffer.from(nonce).toString('hex'));
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData);
    text.set(Buffer.concat([cipher.update(text), cipher.final()]));
    return cipher.getAuthTag();
  },
  decrypt({ key, nonce, ciphertext, tag, additionalData }) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAAD(additionalData).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      return undefined;
    }
  },
};

const END: StreamFrame = { channel: 'end', end: 'complete', exitCode: 7 };
const text = (channel: 'stdin' | 'stdout', value: string): StreamFrame => ({ channel, bytes: Buffer.from(value) });

const bytes = fc.uint8Array({ maxLength: 200 });
const connection = fc.integer({ min: 0, max: 2 ** 40 });
const frames: fc.Arbitrary<StreamFrame> = fc.oneof(
  fc.record({ channel: fc.constantFrom('stdin', 'stdout', 'stderr', 'error', 'notice'), bytes }),
  fc.record({ channel: fc.constantFrom('port-up', 'port-down', 'port-error'), connection, bytes }),
  fc.record({ channel: fc.constantFrom('port-up-end', 'port-down-end'), connection }),
  fc.record({ channel: fc.constant('port-open'), connection, port: fc.integer({ min: 1, max: 65_535 }) }),
  fc.record({ channel: fc.constant('resize'), columns: fc.nat(65_535), rows: fc.nat(65_535) }),
  fc.constant({ channel: 'stdin-end' } as const),
) as fc.Arbitrary<StreamFrame>;
const gap = fc.oneof(fc.nat(1_000), fc.nat(100_000_000_000));
const steps = fc.array(fc.oneof(fc.constant('flush' as const), fc.record({ frame: frames, gap })), { maxLength: 40 });

/** Steps whose times go forward. */
const timed = steps.map((list): Step[] => {
  let at = 0;
  return list.map((step) => {
    if (step === 'flush') return step;
    at += step.gap;
    return { frame: step.frame, at };
  });
});

function expected(list: readonly Step[]): RecordedFrame[] {
  return list.flatMap((step) => (step === 'flush' ? [] : [{ ...step.frame, at: step.at }]));
}

function readerOf(file: Uint8Array): Promise<RecordingReader> {
  return RecordingReader.open({ source: memorySource(file), crypto, keyOf: () => KEY });
}

async function framesOf(file: Uint8Array, options = {}): Promise<RecordedFrame[]> {
  return (await Array.fromAsync((await readerOf(file)).frames(options))).map(plainFrame);
}

/** Buffers compare as arrays. */
function plainFrame<F extends RecordedFrame>(frame: F): F {
  return 'bytes' in frame ? { ...frame, bytes: Uint8Array.from(frame.bytes) } : frame;
}

async function verify(file: Uint8Array, { chunks, writer }: MemoryRecording, keyOf: undefined | (() => Uint8Array)) {
  const progress = chunks.map(({ commitment }) => commitment);
  const claims = { progress, end: writer.commitment };
  return await verifyRecording({
    source: memorySource(file),
    crypto,
    claims,
    ...(keyOf && { opening: { crypto, keyOf } }),
  });
}

describe('a recording', () => {
  it('gives back what was recorded, however it was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(timed, async (list) => {
        const all = [...list, { frame: END, at: Number.MAX_SAFE_INTEGER }];
        const { file } = recordInMemory(crypto, all);
        assert.deepEqual(await framesOf(file), expected(all).map(plainFrame));
        const unfinished = recordInMemory(crypto, list);
        assert.deepEqual(await framesOf(unfinished.file), expected(list).map(plainFrame));
      }),
    );
  });

  it('gives back its header and its facts', async () => {
    const reader = await readerOf(recordInMemory(crypto, []).file);
    const { check: _, ...header } = reader.header;
    assert.deepEqual({ ...header, salt: Uint8Array.from(header.salt) }, HEADER);
    assert.deepEqual(await reader.facts(), FACTS);
  });

  it('is whole against the log, with its key and without', async () => {
    await fc.assert(
      fc.asyncProperty(timed, async (list) => {
        const recording = recordInMemory(crypto, [...list, { frame: END, at: Number.MAX_SAFE_INTEGER }]);
        const closed = await verify(recording.file, recording, undefined);
        assert.deepEqual([closed.isOpened, closed.unboundBytes], [false, 0]);
        assert.equal((await verify(recording.file, recording, () => KEY)).isOpened, true);
      }),
      { numRuns: 30 },
    );
  });

  it('splits what is longer than a frame, and seals what is longer than a chunk in several', async () => {
    const long = new Uint8Array(5 * MAX_FRAME_BYTES + 1).map((_, i) => i % 251);
    const { file, chunks } = recordInMemory(crypto, [{ frame: { channel: 'stdout', bytes: long }, at: 5 }]);
    const found = await framesOf(file);
    assert.deepEqual([found.length, chunks.length], [6, 2]);
    assert.ok(found.every(({ at, channel }) => at === 5 && channel === 'stdout'));
    const whole = Buffer.concat(found.map((frame) => ('bytes' in frame ? frame.bytes : new Uint8Array(0))));
    assert.ok(whole.equals(long));
  });

  it('is the same when its blocks are sealed into one buffer, one behind the other', () => {
    fc.assert(
      fc.property(timed, fc.nat(255), (list, before) => {
        const { writer, file } = recordInMemory(crypto, list);
        const room = new Uint8Array(2 * MAX_BLOCK_BYTES).fill(before);
        const again = new RecordingWriter({ crypto, header: HEADER, key: KEY, facts: FACTS });
        const blocks: Uint8Array[] = [again.head];
        const flush = () => {
          for (let at = 0, chunk = again.seal(room); chunk; chunk = again.seal(room.subarray(at))) {
            at += chunk.block.length;
            assert.equal(chunk.block.buffer, room.buffer);
            blocks.push(chunk.block.slice());
          }
        };
        for (const step of list) {
          if (step === 'flush') flush();
          else again.add(step.frame, step.at);
        }
        flush();
        assert.deepEqual(again.commitment, writer.commitment);
        assert.ok(Buffer.concat(blocks).equals(file));
      }),
    );
  });

  it('leaves no plaintext in the buffer that it is sealed into', () => {
    const writer = new RecordingWriter({ crypto, header: HEADER, key: KEY, facts: FACTS });
    const secret = Buffer.from('correct horse battery staple');
    writer.add({ channel: 'stdout', bytes: secret }, 1);
    const room = new Uint8Array(MAX_BLOCK_BYTES);
    assert.ok(writer.seal(room));
    assert.equal(Buffer.from(room.buffer).indexOf(secret), -1);
  });

  it('never lets time go back', async () => {
    const { file } = recordInMemory(crypto, [
      { frame: text('stdout', 'a'), at: 10.7 },
      { frame: text('stdout', 'b'), at: 3 },
    ]);
    assert.deepEqual(
      (await framesOf(file)).map(({ at }) => at),
      [10, 10],
    );
  });

  it('refuses frames that are none, and frames after the end', () => {
    const writer = new RecordingWriter({ crypto, header: HEADER, key: KEY, facts: FACTS });
    const wrong: StreamFrame[] = [
      { channel: 'resize', columns: -1, rows: 2 },
      { channel: 'resize', columns: 80, rows: 65_536 },
      { channel: 'port-open', connection: 1, port: 0 },
      { channel: 'port-up', connection: 0.5, bytes: new Uint8Array(1) },
      { channel: 'end', end: 'cut', reason: 'in free words' },
      { channel: 'end', end: 'cut', exitCode: 256 },
    ];
    for (const frame of wrong) assert.throws(() => writer.add(frame, 0), { code: 'ERR_RECORDING_FRAME' });
    assert.throws(() => writer.end(), { code: 'ERR_RECORDING_FRAME' });
    writer.add(END, 0);
    assert.throws(() => writer.add(text('stdout', 'late'), 1), { code: 'ERR_RECORDING_FRAME' });
  });

  it('opens with its own key only', async () => {
    const source = memorySource(recordInMemory(crypto, []).file);
    const opening = RecordingReader.open({ source, crypto, keyOf: () => new Uint8Array(32) });
    await assert.rejects(opening, { code: 'ERR_RECORDING_KEY' });
  });

  it('has nothing of what was recorded in the clear', () => {
    const secret = 'correct-horse-battery-staple';
    const { file } = recordInMemory(crypto, [
      { frame: text('stdin', secret), at: 1 },
      'flush',
      { frame: text('stdout', secret.repeat(500)), at: 2 },
      { frame: END, at: 3 },
    ]);
    const whole = Buffer.from(file).toString('latin1');
    const inTheClear = [secret, secret.slice(0, 8), 'plain-command', 'payments-0', 'reporter', 'shop'];
    assert.deepEqual(
      inTheClear.filter((word) => whole.includes(word)),
      [],
    );
    const header = Buffer.from(file.subarray(BLOCK_HEAD_BYTES)).toString('latin1').split('}')[0];
    assert.deepEqual(
      Object.keys(JSON.parse(`${header}}`)),
      'check,exchange,key,recording,salt,session,started,v'.split(','),
    );
  });

  it('uses no nonce twice, also when a number is sealed again with other content', () => {
    nonces.length = 0;
    for (const value of ['a', 'b', 'a'])
      recordInMemory(crypto, [{ frame: text('stdin', value), at: 1 }, 'flush', { frame: END, at: 2 }]);
    const [first = [], second = [], again = []] = [0, 1, 2].map((i) => nonces.slice(i * 2, i * 2 + 2));
    assert.equal(new Set([...first, ...second]).size, 3, 'only the equal last chunks share theirs');
    assert.deepEqual(first, again);
  });
});

const small = (): MemoryRecording =>
  recordInMemory(crypto, [
    { frame: text('stdin', 'id\n'), at: 1_000 },
    'flush',
    { frame: text('stdout', 'uid=0(root)\r\n'), at: 2_000 },
    'flush',
    { frame: END, at: 3_000 },
  ]);

describe('the index of a recording', () => {
  const hour = 3_600_000_000;
  const long = recordInMemory(crypto, [
    ...Array.from({ length: 3_000 }, (_, i): Step[] => [
      { frame: text('stdout', `line ${i}\n`.repeat(40)), at: i * 12_000_000 },
      'flush',
    ]).flat(),
    { frame: END, at: 10 * hour },
  ]);

  it('gives the frames from any time on, without reading those before', async () => {
    const all = await framesOf(long.file);
    for (const from of [0, 1, 11_999_999, 12_000_000, 5 * hour, 10 * hour, 11 * hour]) {
      let read = 0;
      const source = memorySource(long.file);
      const counted = {
        ...source,
        read: (offset: number, length: number) => {
          read += length;
          return source.read(offset, length);
        },
      };
      const reader = await RecordingReader.open({ source: counted, crypto, keyOf: () => KEY });
      const found = (await Array.fromAsync(reader.frames({ from }))).map(plainFrame);
      assert.deepEqual(
        found,
        all.filter(({ at }) => at >= from),
        `from ${from}`,
      );
      if (from > 9 * hour) assert.ok(read < long.file.length / 2, `${read} bytes read`);
    }
  });

  it('is not needed', async () => {
    const cut = long.file.subarray(0, long.file.length - 1);
    const found = await framesOf(cut, { from: 5 * hour });
    assert.equal(found[0]?.at, 5 * hour);
    assert.equal(found.length, 1_501);
  });
});

describe('a recording that is going on', () => {
  it('is followed to its end', async () => {
    const { file } = small();
    let length = 0;
    const source = {
      length: () => Promise.resolve(length),
      read: (offset: number, wanted: number) => Promise.resolve(file.slice(offset, Math.min(length, offset + wanted))),
    };
    length = 400;
    const reader = await RecordingReader.open({ source, crypto, keyOf: () => KEY });
    const waitForMore = () => {
      length = Math.min(file.length, length + 17);
      return Promise.resolve(true);
    };
    const channels = (await Array.fromAsync(reader.frames({ waitForMore }))).map(({ channel }) => channel);
    assert.deepEqual(channels, ['stdin', 'stdout', 'end']);
  });

  it('may grow between any two looks at it', async () => {
    const { file } = small();
    for (let growth = 1; growth < 120; growth += 1) {
      let length = 0;
      const source = {
        length: () => Promise.resolve(length),
        read(offset: number, wanted: number) {
          length = Math.min(file.length, length + growth);
          return Promise.resolve(file.slice(offset, Math.min(length, offset + wanted)));
        },
      };
      const reader = new BlockReader(source, crc32, { offset: 0, chunk: 0 });
      const types: string[] = [];
      while (!reader.isEnded) types.push((await reader.next())?.type ?? 'torn');
      assert.deepEqual(
        types.filter((type) => type !== 'torn'),
        ['header', 'chunk', 'chunk', 'chunk', 'end'],
        `${growth} bytes at a look`,
      );
    }
  });

  it('is read as far as the log commits to it', async () => {
    const { file, chunks } = small();
    const found = await framesOf(file, { chunks: chunks[1]?.commitment.chunks });
    assert.deepEqual(
      found.map(({ channel }) => channel),
      ['stdin', 'stdout'],
    );
  });
});
