// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

const MB = 1024 * 1024;
/** A collector that is not given the processor lets some grow; who keeps what flows has all 115 MB of it. */
const MAX_GROWTH = 96 * MB;

/** Records and reads back `megabytes` in a process of its own; gives how its peak RSS grew after the first tenth of each. */
function peakGrowth(megabytes: number, file: string): { written: number; read: number; bytes: number } {
  const script = `
    import { createCipheriv, createDecipheriv, createHmac, hash } from 'node:crypto';
    import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
    import { crc32 } from 'node:zlib';
    import { RecordingReader, RecordingWriter, verifyRecording } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    import { FACTS, HEADER, KEY } from ${JSON.stringify(new URL('./fixtures/memory-recording.ts', import.meta.url).href)};
    const crypto = {
      hash: { sha256: (bytes) => hash('sha256', bytes, 'buffer') },
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
    const fd = openSync(${JSON.stringify(file)}, 'wx+');
    const peak = () => process.resourceUsage().maxRSS * 1024;
    const frames = ${megabytes} * 16;
    const writer = new RecordingWriter({ crypto, header: HEADER, key: KEY, facts: FACTS });
    writeSync(fd, writer.head);
    const bytes = new Uint8Array(65_536).fill(120);
    let before = 0;
    for (let i = 0; i < frames; i++) {
      writer.add({ channel: 'stdout', bytes }, i * 1_000_000);
      if (writer.waitingBytes > 200_000) writeSync(fd, writer.seal().block);
      if (i === Math.floor(frames / 10)) before = peak();
    }
    writer.add({ channel: 'end', end: 'complete' }, frames * 1_000_000);
    for (let chunk = writer.seal(); chunk; chunk = writer.seal()) writeSync(fd, chunk.block);
    writeSync(fd, writer.end());
    const written = peak() - before;
    const source = {
      length: async () => fstatSync(fd).size,
      async read(offset, length) {
        const target = new Uint8Array(length);
        return target.subarray(0, readSync(fd, target, 0, length, offset));
      },
    };
    const reader = await RecordingReader.open({ source, crypto, keyOf: () => KEY });
    let total = 0;
    for await (const frame of reader.frames()) {
      total += frame.bytes?.length ?? 0;
      if (total === Math.floor(frames / 10) * 65_536) before = peak();
    }
    const claims = { progress: [], end: writer.commitment };
    await verifyRecording({ source, crypto, claims, opening: { crypto, keyOf: () => KEY } });
    console.log(JSON.stringify({ written, read: peak() - before, bytes: total }));
    closeSync(fd);
  `;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

it('records 128 MB and reads them back in constant memory', () => {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-recording-'));
  try {
    const { written, read, bytes } = peakGrowth(128, join(dir, 'recording'));
    assert.equal(bytes, 128 * MB);
    assert.ok(written < MAX_GROWTH, `writing: ${Math.round(written / MB)} MB`);
    assert.ok(read < MAX_GROWTH, `reading: ${Math.round(read / MB)} MB`);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
