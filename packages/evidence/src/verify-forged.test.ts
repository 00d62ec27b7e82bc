// SPDX-License-Identifier: Apache-2.0
// A forger without the log's key can make every CRC right: what else holds the log is tried here, frame by frame.
import assert from 'node:assert/strict';
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomInt,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { ED25519, formatVerifierKey, noteSigner, parsePolicy, toHex, verifierKey } from '@countersign/tlog';
import type { LogCrypto } from './evidence-crypto.ts';
import { type Draft, MemoryLog, memoryDirectory } from './fixtures/memory-log.ts';
import type { LogDirectory } from './log-directory.ts';
import { readLog } from './read-log.ts';
import { encodeSegmentHeader } from './segment-header.ts';
import { verifyLog } from './verify-log.ts';
import { decodeFrame, encodeFrame, FRAME_HEADER_BYTES, type Frame, type FrameType } from './wal-frame.ts';

const ORIGIN = 'gateway.example/audit/one';
const EXCHANGE = '0196f0a0-0000-4000-8000-000000000001';
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const crypto: LogCrypto = {
  hash: { sha256: (bytes) => createHash('sha256').update(bytes).digest() },
  ed25519: {
    verify: (key, message, signature) =>
      Buffer.compare(key, raw(publicKey)) === 0 && verify(null, message, publicKey, signature),
  },
  crc32,
};
const signer = noteSigner(crypto.hash, ORIGIN, {
  publicKey: raw(publicKey),
  sign: (message) => sign(null, message, privateKey),
});
const vkey = formatVerifierKey(verifierKey(crypto.hash, ORIGIN, ED25519, raw(publicKey)));
const policy = parsePolicy(crypto.hash, `log ${vkey}\nquorum none\n`);

function raw(key: KeyObject): Uint8Array {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}

/** Two segments, sealed fields, an intent that is open where the second begins; no tiles, which would tell more. */
function someLog(): MemoryLog {
  const log = new MemoryLog(
    {
      crypto,
      signer,
      newId: randomUUID,
      seal() {
        const payload = randomBytes(80);
        const [ct, pt] = [toHex(crypto.hash.sha256(payload)), '0'.repeat(64)];
        return { payload, reference: { key: EXCHANGE, bytes: payload.length, ct, pt } };
      },
    },
    4_096,
  );
  const opened: Draft = {
    type: 'log.opened',
    origin: ORIGIN,
    vkey,
    version: '0.1.0',
    segmentBytes: 4_096,
    survives: 'process',
    clean: true,
  };
  const rules = [{ set: 'organisation', id: 'write' }];
  const decision = { id: EXCHANGE, occasion: 'request', effect: 'allow', rules, policyDigest: '' };
  log.append(opened);
  log.append({ type: 'intent', exchange: EXCHANGE, cluster: 'lab', decision, sealedFields: {} });
  for (let i = 0; i < 8; i++)
    log.append({ type: 'heartbeat', state: 'open', freeBytes: i, uptimeSeconds: i, sealedFields: {} });
  log.append({ type: 'outcome', exchange: EXCHANGE, result: 'done' });
  return log;
}

function framesOf(segment: Uint8Array): { at: number; frame: Frame }[] {
  const frames: { at: number; frame: Frame }[] = [];
  for (let at = 0; ; ) {
    const frame = decodeFrame(segment, at, crc32);
    if (frame === undefined) return frames;
    frames.push({ at, frame });
    at = frame.end;
  }
}

/** The segment with other frames in place of its own, all CRCs right. */
function rewritten(length: number, frames: readonly (readonly [FrameType, Uint8Array])[]): Uint8Array {
  const segment = new Uint8Array(length);
  let at = 0;
  for (const [type, payload] of frames) at = encodeFrame(segment, at, type, payload, crc32);
  return segment;
}

const log = someLog();
const check = (path: string, segment: Uint8Array) =>
  verifyLog({ directory: memoryDirectory(new Map([...log.files, [path, segment]])), crypto, policy });

test('no payload of any frame can be changed by a bit', async () => {
  assert.equal(
    (await check('wal/00000000000000000000.seg', log.files.get('wal/00000000000000000000.seg') as Uint8Array)).result,
    'verified',
  );
  assert.ok(log.files.size >= 2);
  for (const [path, segment] of log.files) {
    for (const { at, frame } of framesOf(segment)) {
      const forged = segment.slice();
      const position = randomInt(frame.payload.length);
      const payload = frame.payload.slice();
      payload[position] = (payload[position] as number) ^ (1 << randomInt(8));
      encodeFrame(forged, at, frame.type, payload, crc32);
      const verdict = await check(path, forged);
      const where = `${path}: ${frame.type} at ${at + FRAME_HEADER_BYTES + position}`;
      assert.ok(verdict.result === 'failed', where);
      assert.equal(typeof verdict.fault.entry, 'number', where);
    }
  }
});

type Payload = readonly [FrameType, Uint8Array];

/** The frames with frame `i` doubled, exchanged with the next, or left out. */
function variantsAt(frames: readonly Payload[], i: number): (readonly Payload[])[] {
  const [own, next] = [frames[i], frames[i + 1]];
  assert.ok(own !== undefined);
  const variants = [frames.toSpliced(i, 0, own)];
  if (next !== undefined) variants.push(frames.toSpliced(i, 2, next, own));
  // A checkpoint that a later one follows takes nothing with it: which entries shared a batch is not evidence.
  if (own[0] !== 'checkpoint' || next === undefined) variants.push(frames.toSpliced(i, 1));
  return variants;
}

test('no frame can be left out, doubled or exchanged with the next', async () => {
  for (const [path, segment] of log.files) {
    const frames = framesOf(segment).map(({ frame }): Payload => [frame.type, frame.payload]);
    for (const variant of frames.flatMap((_, i) => variantsAt(frames, i))) {
      const needed = variant.reduce((sum, [, { length }]) => sum + FRAME_HEADER_BYTES + length, 0);
      if (needed > segment.length) continue;
      const verdict = await check(path, rewritten(segment.length, variant));
      assert.ok(verdict.result === 'failed', `${path}: ${variant.map(([type]) => type).join(' ')}`);
    }
  }
});

test('of a segment file that grew, only what its header speaks of is read', async () => {
  const whole = memoryDirectory(someLog().files);
  const claimed = 2 ** 40;
  let readTo = 0;
  const directory: LogDirectory = {
    async *list(path) {
      for await (const item of whole.list(path)) yield path === 'wal' ? { ...item, bytes: claimed } : item;
    },
    async read(path, offset, length) {
      readTo = Math.max(readTo, offset + length);
      assert.ok(readTo < 64 * 1_048_576, 'the zeroes are read without end');
      const bytes = await whole.read(path, offset, length);
      if (!path.startsWith('wal/')) return bytes;
      const grown = new Uint8Array(length);
      grown.set(bytes ?? []);
      return grown;
    },
  };
  const verdict = await verifyLog({ directory, crypto, policy });
  assert.ok(verdict.result === 'failed');
  const { problem, found } = verdict.fault;
  assert.deepEqual([problem, found], ['the segment has not the length in its header', `${claimed} bytes`]);
});

test('a log without a record has nothing that is signed, and does not count as verified', async () => {
  const [first = new Uint8Array()] = new MemoryLog({
    crypto,
    signer,
    newId: randomUUID,
    seal: assert.fail,
  }).files.values();
  const verdict = await verifyLog({
    directory: memoryDirectory(new Map([[`wal/${'0'.repeat(20)}.seg`, first]])),
    crypto,
    policy,
  });
  assert.equal(verdict.result, 'incomplete');
  assert.match('report' in verdict ? (verdict.report.incomplete[0] ?? '') : '', /nothing in it is signed/);
});

test('a segment that is longer than any is refused before its zeroes are read, by who verifies and by who lists', async () => {
  const path = `wal/${'0'.repeat(20)}.seg`;
  const bytes = 2 ** 50;
  const state = { checkpoint: '', frontier: [], open: [], closed: true, epoch: 0, time: '' };
  const header = encodeSegmentHeader({ v: 1, origin: ORIGIN, bytes, first: 0, ...state });
  const begin = new Uint8Array(1_048_576);
  encodeFrame(begin, 0, 'header', header, crc32);
  const holes: LogDirectory = {
    async *list(parent) {
      if (parent === '') yield { name: 'wal', kind: 'directory', bytes: 0 };
      if (parent === 'wal') yield { name: path.slice(4), kind: 'file', bytes };
    },
    async read(file, offset, length) {
      if (file !== path) return undefined;
      assert.equal(offset, 0, 'the zeroes are read');
      return begin.slice(0, length);
    },
  };
  const verdict = await verifyLog({ directory: holes, crypto, policy });
  assert.match('fault' in verdict ? verdict.fault.problem : '', /the segment header is not valid.*\n.*at bytes/);
  await assert.rejects(Array.fromAsync(readLog(holes, crc32)), /too long for a segment/);
});
