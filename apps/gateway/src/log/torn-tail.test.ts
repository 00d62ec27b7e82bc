// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { decodeFrame, segmentName } from '@countersign/evidence';
import { openDiskLog } from './disk-log.ts';
import {
  answerRecord,
  copyPlace,
  type LogPlace,
  logPlace,
  ORIGIN,
  recordsOf,
  verifiedReport,
} from './log-for-tests.ts';
import { type LogKey, loadLogKey } from './log-key.ts';
import { replaySegment } from './segment-replay.ts';
import { endOfData } from './torn-tail.ts';
import { listSegments } from './wal-recovery.ts';

const SECTOR = 512;

/** A log of three batches, as it is on the disk while it is open. */
let place: LogPlace;
let key: LogKey;
let segment: Buffer;
/** Offsets after the first, the second and the third batch. */
let ends: number[];

const path = () => join(place.home, 'log', 'wal', segmentName(0));

function replaySize(bytes: Uint8Array): number {
  const options = { path: 'x', first: 0, origin: ORIGIN, verifier: key.verifier, wantedSize: undefined };
  return Number(replaySegment(bytes, options).frontier.size);
}

/** The segment as it is when only a part of its last batch has reached the disk. */
function cutAt(offset: number): Buffer {
  const cut = Buffer.from(segment);
  cut.fill(0, offset);
  return cut;
}

before(async () => {
  const original = { ...(await logPlace()), segmentBytes: 16_384 };
  const log = await openDiskLog(original);
  ends = [];
  const read = () => readFile(join(original.home, 'log', 'wal', segmentName(0)));
  ends.push(endOfData(await read()));
  for (let batch = 0; batch < 2; batch++) {
    await log.append([answerRecord(randomUUID()), answerRecord()]);
    ends.push(endOfData(await read()));
  }
  place = await copyPlace(original);
  key = await loadLogKey(place.keyDir, ORIGIN, false);
  segment = await readFile(path());
  await log.close();
  await rm(original.root, { recursive: true });
});

after(() => rm(place.root, { recursive: true }));

describe('replaySegment', () => {
  it('cuts a last batch that was cut short, at each byte where it can be', () => {
    const [, second = 0, third = 0] = ends;
    for (let offset = second; offset < third; offset++) assert.equal(replaySize(cutAt(offset)), 3, `cut at ${offset}`);
    assert.equal(replaySize(segment), 5);
  });

  it('cuts a last batch of which whole sectors are missing', () => {
    const [, second = 0, third = 0] = ends;
    const firstSector = Math.ceil(second / SECTOR) * SECTOR;
    for (let sector = firstSector; sector + SECTOR < third; sector += SECTOR) {
      const torn = Buffer.from(segment);
      torn.fill(0, sector, sector + SECTOR);
      assert.equal(replaySize(torn), 3, `sector at ${sector}`);
    }
  });

  it('refuses each single change of a byte that had been written, and says where', () => {
    const [, , third = 0] = ends;
    for (let offset = 0; offset < third; offset++) {
      const changed = Buffer.from(segment);
      changed[offset] = (changed[offset] ?? 0) ^ (1 << (offset % 8));
      const expected = { code: 'ERR_LOG_DAMAGED', message: /offset \d+, record \d+/ };
      assert.throws(() => replaySize(changed), expected, `byte ${offset}`);
    }
  });

  it('loses no record to a changed byte after the last batch', () => {
    for (let offset = ends.at(-1) ?? 0; offset < segment.length; offset += 97) {
      const changed = Buffer.from(segment);
      changed[offset] = 1;
      assert.equal(replaySize(changed), 5, `byte ${offset}`);
    }
  });

  it('does not take a sector that is lost in an earlier batch for a torn end', () => {
    const [first = 0, second = 0] = ends;
    const lost = Buffer.from(segment);
    const sector = Math.ceil(first / SECTOR) * SECTOR;
    assert.ok(sector + SECTOR < second);
    lost.fill(0, sector, sector + SECTOR);
    assert.throws(() => replaySize(lost), { code: 'ERR_LOG_DAMAGED' });
  });

  it('refuses a segment that was cut or grew', () => {
    assert.throws(() => replaySize(segment.subarray(0, -1)), { code: 'ERR_LOG_DAMAGED' });
    assert.throws(() => replaySize(Buffer.concat([segment, Buffer.alloc(1)])), { code: 'ERR_LOG_DAMAGED' });
  });
});

describe('openDiskLog on a torn log', () => {
  it('goes on with what is whole, says what it cut, and the log verifies', async () => {
    const [, second = 0, third = 0] = ends;
    for (const offset of [second + 4, second + 9, Math.floor((second + third) / 2), third - 1]) {
      const torn = await copyPlace(place);
      await writeFile(join(torn.home, 'log', 'wal', segmentName(0)), cutAt(offset));
      const log = await openDiskLog(torn);
      await log.append([answerRecord()]);
      await log.close();
      const recovery = (await recordsOf(torn)).find(({ leaf }) => leaf.type === 'recovery')?.leaf;
      assert.ok(recovery?.type === 'recovery');
      assert.deepEqual([recovery.size, recovery.cutBytes > 0], [3, true]);
      await verifiedReport(torn, log.vkey);
      await rm(torn.root, { recursive: true });
    }
  });

  it('goes on in a segment that has nothing but its header', async () => {
    const original = { ...(await logPlace()), segmentBytes: 4_096 };
    const log = await openDiskLog(original);
    while ((await listSegments(join(log.dir, 'wal'))).length < 3) await log.append([answerRecord()]);
    const torn = await copyPlace(original);
    await log.close();
    const first = (await listSegments(join(torn.home, 'log', 'wal'))).at(-1) ?? 0;
    const last = join(torn.home, 'log', 'wal', segmentName(first));
    const bytes = await readFile(last);
    await writeFile(last, bytes.fill(0, decodeFrame(bytes, 0, crc32)?.end));
    const again = await openDiskLog(torn);
    assert.deepEqual(await again.append([answerRecord()]), { index: first + 2 });
    await again.close();
    await verifiedReport(torn, again.vkey);
    for (const { root } of [original, torn]) await rm(root, { recursive: true });
  });
});
