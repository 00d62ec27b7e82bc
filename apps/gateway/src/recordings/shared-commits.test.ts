// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { copyPlace, type LogPlace, logPlace, verifiedReport } from '../log/log-for-tests.ts';
import { recordingPath } from './recording-place.ts';
import {
  openBoth,
  output,
  outputOf,
  recordingsDir,
  recordsOfStream,
  streamOf,
  verifyAgainstLog,
} from './recordings-for-tests.ts';
import { type CommittedFile, SharedCommits } from './shared-commits.ts';

const STREAMS = 8;

const pathOf = (place: LogPlace, stream: string) => recordingPath(recordingsDir(place), stream);
const journalOf = (place: LogPlace) => `${recordingsDir(place)}.journal`;

/** Recordings that go on, into each of which `rounds` frames were written, in all of them at the same time. */
async function recordTogether({ recordings }: Awaited<ReturnType<typeof openBoth>>, rounds: number, text = '') {
  const streams = Array.from({ length: STREAMS }, () => streamOf());
  const open = await Promise.all(streams.map((stream) => recordings.open(stream)));
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(open.map((recording) => recording.write(output(`${round}${text}\n`))));
  }
  return { streams: streams.map(({ stream }) => stream), open };
}

const expected = (rounds: number, text = '') => Array.from({ length: rounds }, (_, i) => `${i}${text}\n`).join('');

describe('recordings that are written at the same time', () => {
  it('are there after a loss of power, though their own files were never synced', async () => {
    const place = await logPlace();
    const both = await openBoth(place);
    const { streams } = await recordTogether(both, 20);
    const copy = await copyPlace(place);
    const [first = '', second = '', third = ''] = streams;
    const { length } = await readFile(pathOf(copy, first));
    // What the disk had of them: the first block, half of all, nothing at all.
    await truncate(pathOf(copy, first), 600);
    await truncate(pathOf(copy, second), Math.floor(length / 2));
    await rm(pathOf(copy, third));
    const again = await openBoth(copy);
    await again.close();
    for (const stream of streams.filter((one) => one !== third)) {
      assert.equal(await outputOf(copy, stream), expected(20));
      assert.equal((await verifyAgainstLog(copy, stream)).unboundBytes, 0);
    }
    const [, gone] = await recordsOfStream(copy, third);
    assert.deepEqual([gone && 'chunks' in gone && gone.chunks], [0], 'what was taken away stays away');
    await both.close();
    for (const each of [place, copy]) await rm(each.root, { recursive: true });
  });

  it('lose only what was not acknowledged when the journal was cut short', async () => {
    const place = await logPlace();
    const both = await openBoth(place);
    const { streams } = await recordTogether(both, 3);
    const copy = await copyPlace(place);
    for (const stream of streams) await truncate(pathOf(copy, stream), 600);
    await truncate(journalOf(copy), (await stat(journalOf(copy))).size - 5);
    const again = await openBoth(copy);
    await again.close();
    const found = await Promise.all(streams.map((stream) => outputOf(copy, stream)));
    assert.equal(found.filter((text) => text === expected(3)).length, STREAMS - 1);
    assert.equal(found.filter((text) => text === expected(2)).length, 1);
    assert.equal((await verifiedReport(copy, again.log.vkey)).closed, true);
    await both.close();
    for (const each of [place, copy]) await rm(each.root, { recursive: true });
  });

  it('have in their own files what the log knows of them', async () => {
    const place = await logPlace();
    const both = await openBoth(place);
    const { streams } = await recordTogether(both, 5);
    await both.recordings.reportProgress();
    for (const stream of streams) assert.equal((await verifyAgainstLog(place, stream)).unboundBytes, 0);
    await both.close();
    await rm(place.root, { recursive: true });
  });

  it('leave a journal that does not grow for ever, and is empty when nothing needs it', async () => {
    const place = await logPlace();
    const both = await openBoth(place, { journalBytes: 20_000 });
    const text = 'x'.repeat(300);
    const { streams, open } = await recordTogether(both, 60, text);
    assert.ok((await stat(journalOf(place))).size < 40_000);
    await Promise.all(open.map((recording) => recording.close({ end: 'complete' })));
    await both.close();
    assert.equal((await stat(journalOf(place))).size, 0);
    for (const stream of streams) assert.equal(await outputOf(place, stream), expected(60, text));
    await rm(place.root, { recursive: true });
  });

  it('that are large wait for no other, nor any for them', async () => {
    const place = await logPlace();
    await mkdir(dirname(journalOf(place)), { recursive: true });
    const commits = await SharedCommits.open(journalOf(place), 1_000_000);
    const syncs: PromiseWithResolvers<void>[] = [];
    const stalled = () => {
      const asked = Promise.withResolvers<void>();
      syncs.push(asked);
      return asked.promise;
    };
    // Disks that answer when the test says so.
    const slow = (stream: string) => ({
      stream,
      file: { bytes: 0, write: async () => {}, sync: stalled, append: stalled },
    });
    const [one, other, third] = ['one', 'other', 'third'].map((stream) => slow(stream) as unknown as CommittedFile);
    assert.ok(one && other && third);
    const done: string[] = [];
    const large = commits.append(one, new Uint8Array(65_536)).then(() => done.push('large'));
    const small = commits.append(other, new Uint8Array(100)).then(() => done.push('small'));
    const largeToo = commits.append(third, new Uint8Array(65_536)).then(() => done.push('large too'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(syncs.length, 3);
    for (const { resolve } of syncs.toReversed()) {
      resolve();
      await new Promise((next) => setImmediate(next));
    }
    await Promise.all([large, small, largeToo]);
    assert.equal(done.length, 3);
    assert.equal(done[2], 'large');
    await commits.end();
    await rm(place.root, { recursive: true });
  });
});
