// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHmac, hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { BLOCK_HEAD_BYTES, encodeBlock, MAX_WRITE_BYTES } from './block.ts';
import { KEY, type MemoryRecording, memorySource, recordInMemory, type Step } from './fixtures/memory-recording.ts';
import type { RecordedFrame, StreamFrame } from './frame.ts';
import { parseHeader } from './header.ts';
import type { RecordingSealer } from './recording-crypto.ts';
import { RecordingError } from './recording-error.ts';
import { RecordingReader } from './recording-reader.ts';
import { surveyRecording } from './survey-recording.ts';
import { verifyRecording } from './verify-recording.ts';

const crypto: RecordingSealer = {
  hash: { sha256: (bytes) => hash('sha256', bytes, 'buffer') },
  crc32,
  hmacSha256: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
  encrypt({ key, nonce, text, additionalData }) {
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

async function faultOf(work: Promise<unknown>): Promise<RecordingError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof RecordingError, `no fault: ${String(error)}`);
  return error;
}

const small = (): MemoryRecording =>
  recordInMemory(crypto, [
    { frame: text('stdin', 'id\n'), at: 1_000 },
    'flush',
    { frame: text('stdout', 'uid=0(root)\r\n'), at: 2_000 },
    'flush',
    { frame: END, at: 3_000 },
  ]);

describe('a recording whose bytes were changed', () => {
  it('is told by chunk and byte, whichever byte it is, by its log', async () => {
    const recording = small();
    for (const mask of [0x01, 0x80, 0xff]) {
      for (let at = 0; at < recording.file.length; at++) {
        const file = flipped(recording.file, at, mask);
        const fault = await faultOf(verify(file, recording, undefined));
        const { offset = 0, chunk = -1 } = fault.place ?? {};
        assert.ok(offset <= at, `byte ${at}: ${fault.message}`);
        assert.equal(chunk, chunkAt(recording, at), `byte ${at}: ${fault.message}`);
      }
    }
  });

  it('is told without a log too, and never passes for one that was cut short by a crash', async () => {
    const { file } = small();
    const unfinished = file.subarray(0, file.length - BLOCK_HEAD_BYTES - 56);
    for (const whole of [file, unfinished]) {
      for (let at = 0; at < whole.length; at++) {
        const { damage } = await surveyRecording(memorySource(flipped(whole, at, 0xff)), crypto);
        assert.equal(damage?.code, 'ERR_RECORDING_DAMAGED', `byte ${at} of ${whole.length}`);
      }
    }
  });

  it('is told when the bytes were changed with their CRC', async () => {
    const recording = small();
    const [first] = recording.chunks;
    assert.ok(first !== undefined);
    const offset = recording.writer.head.length;
    const payload = flipped(first.block.subarray(BLOCK_HEAD_BYTES), 40, 1);
    const file = Uint8Array.from(recording.file);
    file.set(encodeBlock('chunk', [payload], crc32), offset);
    const fault = await faultOf(verify(file, recording, undefined));
    assert.deepEqual([fault.code, fault.place?.chunk], ['ERR_RECORDING_MISMATCH', 1]);
    const opened = await faultOf(framesOf(file));
    assert.deepEqual([opened.code, opened.place], ['ERR_RECORDING_DAMAGED', { chunk: 1, offset }]);
  });

  it('is told when the header was changed with its CRC: no chunk opens under another header', async () => {
    const { file, writer } = small();
    const json = Buffer.from(writer.head.subarray(BLOCK_HEAD_BYTES)).toString().replace('session-1', 'session-2');
    assert.ok(parseHeader(Buffer.from(json)) !== undefined);
    const changed = Buffer.concat([
      encodeBlock('header', [Buffer.from(json)], crc32),
      file.subarray(writer.head.length),
    ]);
    assert.equal((await faultOf(framesOf(changed))).code, 'ERR_RECORDING_DAMAGED');
  });

  it('is told when chunks were taken out, swapped or repeated', async () => {
    const recording = small();
    const { head } = recording.writer;
    const [one, two, three] = recording.chunks.map(({ block }) => block);
    assert.ok(one && two && three);
    for (const order of [
      [two, three],
      [one, three],
      [two, one, three],
      [one, one, two, three],
      [one, two, three, three],
    ]) {
      const fault = await faultOf(verify(Buffer.concat([head, ...order]), recording, undefined));
      assert.equal(fault.code, 'ERR_RECORDING_DAMAGED', fault.message);
    }
  });

  it('is told when something follows the end', async () => {
    const recording = small();
    for (const more of [Uint8Array.of(0), recording.writer.head, recording.file]) {
      const fault = await faultOf(verify(Buffer.concat([recording.file, more]), recording, undefined));
      assert.equal(fault.code, 'ERR_RECORDING_DAMAGED');
    }
  });

  it('is told when it goes on after the end that the log has, and says what stands there unfinished', async () => {
    const recording = small();
    const [first] = recording.chunks;
    assert.ok(first !== undefined);
    const claims = { progress: [], end: first.commitment };
    const ended = verifyRecording({ source: memorySource(recording.file), crypto, claims });
    assert.equal((await faultOf(ended)).code, 'ERR_RECORDING_MISMATCH');
    const file = recording.file.subarray(0, recording.file.length - BLOCK_HEAD_BYTES - 56);
    const { unboundBytes } = await verifyRecording({ source: memorySource(file), crypto, claims });
    assert.equal(unboundBytes, file.length - first.commitment.bytes);
  });
});

describe('a recording that was cut', () => {
  it('gives what came before, at each byte, and is told by its log', async () => {
    const recording = small();
    const all = await framesOf(recording.file);
    const whole = recording.writer.commitment.bytes;
    for (let length = 0; length < recording.file.length; length++) {
      // A Buffer, whose `slice` is no copy.
      const file = Buffer.from(recording.file.subarray(0, length));
      const survey = await surveyRecording(memorySource(file), crypto);
      assert.equal(survey.damage, undefined, `cut at ${length}`);
      assert.equal(survey.commitment.bytes + survey.tornBytes, length);
      const isWhole = length >= whole;
      if (!isWhole) assert.equal((await faultOf(verify(file, recording, undefined))).code, 'ERR_RECORDING_CUT');
      if (survey.header === undefined) continue;
      const found = await framesOf(file);
      assert.deepEqual(found, all.slice(0, found.length));
      assert.equal(
        found.length,
        recording.chunks.filter(({ commitment }) => commitment.bytes <= length).at(-1)?.frames ?? 0,
      );
    }
  });

  it('may have lost whole sectors of its last write, and zeroes after them', async () => {
    const { file, writer, chunks } = recordInMemory(crypto, [
      { frame: text('stdin', 'ls\n'), at: 1 },
      'flush',
      { frame: { channel: 'stdout', bytes: new Uint8Array(4_000).fill(1) }, at: 2 },
    ]);
    const start = chunks[0]?.commitment.bytes ?? 0;
    for (const lost of [
      [1_024, 1_536],
      [start, 2_048],
      [2_048, file.length],
    ] as const) {
      const torn = Uint8Array.from(file).fill(0, ...lost);
      const { damage, tornBytes, commitment } = await surveyRecording(memorySource(torn), crypto);
      assert.deepEqual([damage, tornBytes, commitment.bytes], [undefined, file.length - start, start]);
    }
    assert.equal(writer.commitment.bytes, file.length);
  });
});

describe('a recording whose last write was of several blocks', () => {
  const LONG = Uint8Array.from({ length: 600_000 }, (_, at) => at % 251);
  const long = (end: readonly Step[]) =>
    recordInMemory(crypto, [
      { frame: text('stdin', 'cat\n'), at: 1 },
      'flush',
      { frame: { channel: 'stdout', bytes: LONG }, at: 2 },
      'flush',
      ...end,
    ]);
  const lastWrite = long([]);
  const start = lastWrite.chunks[0]?.commitment.bytes ?? 0;

  it('may have lost any of its sectors: what stands before them is the recording', async () => {
    const { file, chunks } = lastWrite;
    assert.equal(chunks.length, 4);
    const sectors = fc.uniqueArray(fc.integer({ min: Math.ceil(start / 512), max: Math.floor(file.length / 512) }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(sectors, async (lost) => {
        const torn = Uint8Array.from(file);
        for (const sector of lost) torn.fill(0, sector * 512, (sector + 1) * 512);
        const first = Math.min(...lost) * 512;
        const whole = chunks.findLast(({ commitment }) => commitment.bytes <= first)?.commitment.bytes ?? 0;
        const { damage, tornBytes, commitment } = await surveyRecording(memorySource(torn), crypto);
        assert.deepEqual([damage, commitment.bytes, tornBytes], [undefined, whole, file.length - whole]);
      }),
      { numRuns: 30 },
    );
  });

  it('is damaged where a byte of it was changed', async () => {
    for (const at of [start + 3, start + 40, start + 300_000]) {
      const { damage } = await surveyRecording(memorySource(flipped(lastWrite.file, at, 1)), crypto);
      assert.equal(damage?.code, 'ERR_RECORDING_DAMAGED', `byte ${at}`);
    }
  });

  it('is damaged where a sector is lost and its end, or more than one write, follows', async () => {
    const loses = (file: Uint8Array) => Uint8Array.from(file).fill(0, 1_024, 1_536);
    const ended = long([{ frame: END, at: 3 }]).file;
    const more = { frame: { channel: 'stdout', bytes: new Uint8Array(MAX_WRITE_BYTES) }, at: 3 } as const;
    for (const file of [ended, long([more]).file]) {
      const { damage } = await surveyRecording(memorySource(loses(file)), crypto);
      assert.equal(damage?.code, 'ERR_RECORDING_DAMAGED');
    }
  });
});

function flipped(file: Uint8Array, at: number, mask: number): Uint8Array {
  return Uint8Array.from(file, (byte, i) => (i === at ? byte ^ mask : byte));
}

/** Number of the chunk that the byte lies in; of the end, how many chunks there are. */
function chunkAt({ writer, chunks }: MemoryRecording, at: number): number {
  const ends = [writer.head.length, ...chunks.map(({ commitment }) => commitment.bytes)];
  const number = ends.findIndex((end) => at < end);
  return number < 0 ? ends.length : number;
}
