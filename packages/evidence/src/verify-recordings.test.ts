// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  encodeRecordingEnd,
  type RecordingCommitment,
  type RecordingHeader,
  type RecordingSealer,
  RecordingWriter,
} from '@countersign/recording';
import { toHex } from '@countersign/tlog';
import { memoryDirectory } from './fixtures/memory-log.ts';
import type { LogFault } from './log-fault.ts';
import { LogFaultError } from './log-fault.ts';
import type { Leaf } from './record.ts';
import { RecordingsCheck, type RecordingsReport } from './verify-recordings.ts';
import type { SealedKey } from './verify-records.ts';

const crypto: RecordingSealer = {
  hash: { sha256: (bytes) => createHash('sha256').update(bytes).digest() },
  crc32,
  hmacSha256: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
  encrypt({ key, nonce, text, additionalData }) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData);
    text.set(Buffer.concat([cipher.update(text), cipher.final()]));
    return cipher.getAuthTag();
  },
  decrypt({ key, nonce, ciphertext, tag, additionalData }) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(additionalData).setAuthTag(tag);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  },
};
const logCrypto = { ...crypto, ed25519: { verify: () => false } };
const KEY: SealedKey = { state: 'there', key: randomBytes(32) };

interface Recorded {
  readonly file: Buffer;
  readonly path: string;
  /** Start, progress after each chunk but the last, end. */
  readonly leaves: readonly Leaf[];
}

function claim({ chunks, bytes, root }: RecordingCommitment) {
  return { chunks, bytes, root: toHex(root) };
}

function record(...texts: readonly string[]): Recorded {
  return recordAs({}, ...texts);
}

/** A recording whose header says other than its records. */
function recordAs(said: Partial<RecordingHeader>, ...texts: readonly string[]): Recorded {
  const ids = { exchange: randomUUID(), session: 's', stream: randomUUID() };
  const key = randomUUID();
  const started = '2026-11-24T00:00:00.000000Z';
  const header = { ...ids, recording: ids.stream, key, started, salt: randomBytes(32), ...said };
  const facts = { kind: 'exec', cluster: 'lab', namespace: 'n', pod: 'p', tty: false, agent: 'a' } as const;
  const writer = new RecordingWriter({
    crypto,
    header,
    key: KEY.state === 'there' ? KEY.key : new Uint8Array(32),
    facts: { ...facts, recorded: ['down'], masked: true },
  });
  const blocks = [writer.head];
  const leaves: unknown[] = [{ type: 'recording.start', ...ids, key, header: toHex(crypto.hash.sha256(writer.head)) }];
  for (const text of texts) {
    writer.add({ channel: 'stdout', bytes: Buffer.from(text) }, 1);
    const chunk = writer.seal();
    assert.ok(chunk);
    blocks.push(chunk.block);
    leaves.push({ type: 'recording.progress', ...ids, ...claim(chunk.commitment) });
  }
  writer.add({ channel: 'end', end: 'complete' }, 2);
  blocks.push(writer.seal()?.block ?? new Uint8Array(0), writer.end());
  leaves.push({ type: 'recording.end', ...ids, ...claim(writer.commitment), end: 'complete' });
  const path = `${ids.stream.slice(0, 2)}/${ids.stream}.rec`;
  return { file: Buffer.concat(blocks), path, leaves: leaves as readonly Leaf[] };
}

async function check(
  files: ReadonlyMap<string, Uint8Array>,
  leaves: readonly Leaf[],
  find?: () => SealedKey | undefined,
): Promise<RecordingsReport | LogFault> {
  const keys = find && { crypto, find };
  const recordings = new RecordingsCheck(memoryDirectory(files), logCrypto, keys);
  try {
    await recordings.list();
    for (const [i, leaf] of leaves.entries()) await recordings.take(leaf, i);
    return await recordings.finish(leaves.length - 1);
  } catch (error) {
    if (error instanceof LogFaultError) return error.fault;
    throw error;
  }
}

async function reportOf(...given: Parameters<typeof check>): Promise<RecordingsReport> {
  const found = await check(...given);
  assert.ok('known' in found, `a fault: ${'problem' in found ? found.problem : ''}`);
  return found;
}

async function faultOf(...given: Parameters<typeof check>): Promise<LogFault> {
  const found = await check(...given);
  assert.ok('problem' in found, 'no fault');
  return found;
}

const at = ({ path, file }: Recorded, bytes: Uint8Array = file) => new Map([[path, bytes]]);

describe('RecordingsCheck', () => {
  it('finds recordings to be what the log says, with their keys and without', async () => {
    const [one, two] = [record('a', 'b'), record()];
    const files = new Map([...at(one), ...at(two)]);
    const leaves = [...one.leaves, ...two.leaves];
    const matching = { known: 2, matching: 2, live: 0, damaged: 0, missing: 0, unboundBytes: 0 };
    const none = { opened: 0, unopened: 0, destroyed: 0 };
    assert.deepEqual(await reportOf(files, leaves), { ...matching, ...none });
    assert.deepEqual(await reportOf(files, leaves, () => KEY), { ...matching, ...none, opened: 2 });
    assert.deepEqual(await reportOf(files, leaves, () => undefined), { ...matching, ...none, unopened: 2 });
    const destroyed = () => ({ state: 'destroyed', at: 'now', rule: 'r' }) as const;
    assert.deepEqual(await reportOf(files, leaves, destroyed), { ...matching, ...none, destroyed: 2 });
  });

  it('names the file, the byte and the record of a recording that was changed, whichever byte it is', async () => {
    const recorded = record('a', 'b');
    for (let i = 0; i < recorded.file.length; i++) {
      const file = Buffer.from(recorded.file);
      file.writeUInt8(file.readUInt8(i) ^ 4, i);
      const fault = await faultOf(at(recorded, file), recorded.leaves);
      assert.deepEqual([fault.file, fault.entry], [`recordings/${recorded.path}`, 3]);
      assert.ok((fault.offset ?? Infinity) <= i, `byte ${i}: ${fault.offset}`);
    }
  });

  it('names a recording that was cut, or stands in the place of another', async () => {
    const [one, two] = [record('a', 'b'), record('a', 'b')];
    for (const length of [0, 100, one.file.length - 100]) {
      assert.match((await faultOf(at(one, one.file.subarray(0, length)), one.leaves)).problem, /header|ends here/);
    }
    assert.match((await faultOf(at(one, two.file), one.leaves)).problem, /header is not the one/);
  });

  it('names one whose end was cut off, or that has more behind it, where the log says how it ended', async () => {
    const recorded = record('a', 'b');
    const { file, leaves } = recorded;
    const end = leaves.at(-1);
    assert.ok(end?.type === 'recording.end');
    const broken = [...Array(file.length - end.bytes).keys()].map((kept) => file.subarray(0, end.bytes + kept));
    for (const one of [...broken, Buffer.concat([broken[0] ?? file, Buffer.alloc(65)])]) {
      const fault = await faultOf(at(recorded, one), leaves);
      assert.match(fault.problem, /its end is not there/);
      assert.deepEqual([fault.file, fault.entry], [`recordings/${recorded.path}`, 3]);
    }
    for (const more of [Buffer.alloc(1), Buffer.alloc(65, 1), file.subarray(end.bytes), file]) {
      assert.match((await faultOf(at(recorded, Buffer.concat([file, more])), leaves)).problem, /bytes after the end/);
    }
    for (const [reason, isFault] of [
      ['ERR_AGENT_LOCKED', true],
      ['recovery', true],
      ['ERR_RECORDINGS_NO_ROOM', false],
    ] as const) {
      const cut = [...leaves.slice(0, -1), { ...end, end: 'cut', reason } as Leaf];
      const found = await check(at(recorded, broken[0]), cut);
      assert.equal('problem' in found, isFault, reason);
    }
  });

  it('names a recording whose header says that it is of something else', async () => {
    const other = { recording: randomUUID(), exchange: randomUUID(), session: 'other', key: randomUUID() };
    for (const [member, value] of Object.entries(other)) {
      const recorded = recordAs({ [member]: value }, 'a');
      const fault = await faultOf(at(recorded), recorded.leaves);
      assert.match(fault.problem, new RegExp(`the log says ${member} .*, the header ${value}$`));
      assert.deepEqual([fault.file, fault.entry], [`recordings/${recorded.path}`, 2]);
    }
  });

  it('takes one that was taken back for none, also where its file goes while the log is read', async () => {
    const { path, file, leaves } = record('a');
    const [start, progress] = leaves;
    assert.ok(start?.type === 'recording.start' && progress?.type === 'recording.progress');
    const root = toHex(crypto.hash.sha256(new Uint8Array(0)));
    const end = { ...progress, type: 'recording.end', chunks: 0, bytes: 0, root, end: 'cut', reason: 'not-switched' };
    const none = { known: 1, matching: 0, opened: 0, unopened: 0, destroyed: 0 };
    const nothing = { ...none, live: 0, damaged: 0, missing: 0, unboundBytes: 0 };
    assert.deepEqual(await reportOf(new Map(), [start, end as Leaf], () => KEY), nothing);
    const files = new Map([[path, file]]);
    const recordings = new RecordingsCheck(memoryDirectory(files), logCrypto, undefined);
    await recordings.list();
    await recordings.take(start, 0);
    files.delete(path);
    await recordings.take(end as Leaf, 1);
    assert.deepEqual(await recordings.finish(1), nothing);
  });

  it('names what no record of the log knows, and what is no recording', async () => {
    const [one, two] = [record('a'), record('b')];
    const stray = new Map([...at(one), ...at(two)]);
    assert.match((await faultOf(stray, one.leaves)).problem, /knows nothing of it/);
    const elsewhere = one.path.startsWith('00') ? '01' : '00';
    for (const name of ['notes.txt', 'ab/notes.txt', `${elsewhere}/${one.path.slice(3)}`, `${one.path}/x`]) {
      const fault = await faultOf(new Map([[name, one.file]]), one.leaves);
      assert.match(fault.problem, /no recording/, name);
    }
  });

  it('counts what is not there, unless nothing was recorded', async () => {
    const [one, two] = [record('a'), record()];
    const nothing = { ...two.leaves.at(-1), chunks: 0, bytes: 0, end: 'cut', reason: 'recovery' } as Leaf;
    const report = await reportOf(new Map(), [...one.leaves, ...two.leaves.slice(0, 1), nothing]);
    assert.deepEqual([report.known, report.missing], [2, 1]);
    const begun = await reportOf(new Map(), one.leaves.slice(0, 1));
    const goingOn = await reportOf(new Map(), one.leaves.slice(0, 2));
    assert.deepEqual([begun.missing, goingOn.missing], [0, 1]);
  });

  it('checks what is going on as far as the log knows it', async () => {
    const recorded = record('a', 'b');
    const report = await reportOf(at(recorded), recorded.leaves.slice(0, 2), () => KEY);
    assert.deepEqual([report.live, report.matching, report.unboundBytes > 0], [1, 1, true]);
    const cut = at(recorded, recorded.file.subarray(0, 320));
    assert.match((await faultOf(cut, recorded.leaves.slice(0, 3))).problem, /ends here/);
  });

  it('counts what the log itself ended as damaged, or with less than it had known', async () => {
    const recorded = record('a', 'b');
    const [start, first, second] = recorded.leaves;
    assert.ok(start && first?.type === 'recording.progress' && second);
    const file = Buffer.from(recorded.file);
    file.writeUInt8(file.readUInt8(first.bytes + 30) ^ 1, first.bytes + 30);
    const { chunks, bytes, root } = first;
    for (const reason of ['recording-damaged', 'recovery']) {
      const end = { ...first, type: 'recording.end', chunks, bytes, root, end: 'cut', reason } as unknown as Leaf;
      const leaves = [start, first, second, end];
      const found = await check(at(recorded, file), leaves);
      if (reason === 'recording-damaged') assert.ok('known' in found && found.damaged === 1 && found.matching === 1);
      else assert.ok('problem' in found, 'damage that the log does not speak of is a fault');
      const ended = encodeRecordingEnd({ chunks, bytes, root: Buffer.from(root, 'hex') }, crc32);
      const left = [file.subarray(0, bytes), ...(reason === 'recovery' ? [ended] : [])];
      const shorter = await reportOf(at(recorded, Buffer.concat(left)), leaves);
      assert.equal(shorter.damaged, 1);
    }
  });
});
