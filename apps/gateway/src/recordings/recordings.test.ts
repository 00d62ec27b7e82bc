// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type DiskLog, openDiskLog } from '../log/disk-log.ts';
import type { LogState } from '../log/log.ts';
import { copyPlace, type LogPlace, logPlace, recordsOf, verdictOn, verifiedReport } from '../log/log-for-tests.ts';
import { recordingPath } from './recording-place.ts';
import type { Recordings } from './recordings.ts';
import {
  framesOf,
  openBoth,
  openRecordings,
  output,
  outputOf,
  recordingsDir,
  recordsOfStream,
  streamOf,
  verifyAgainstLog,
} from './recordings-for-tests.ts';

let place: LogPlace;
let log: DiskLog;
let recordings: Recordings;
let close: () => Promise<void>;

beforeEach(async () => {
  place = await logPlace();
  ({ log, recordings, close } = await openBoth(place));
});

afterEach(async () => {
  await close();
  await rm(place.root, { recursive: true });
});

async function filesOf(): Promise<readonly string[]> {
  return (await readdir(recordingsDir(place), { recursive: true })).filter((name) => name.endsWith('.rec'));
}

const pathOf = (stream: string) => recordingPath(recordingsDir(place), stream);

describe('a recording', () => {
  it('has on the disk what was acknowledged, at once', async () => {
    const { stream, ...rest } = streamOf();
    const recording = await recordings.open({ stream, ...rest });
    for (const text of ['one ', 'two ', 'three']) {
      await recording.write(output(text));
      assert.ok((await outputOf(place, stream)).endsWith(text));
    }
    assert.equal(await outputOf(place, stream), 'one two three');
  });

  it('ends in its file and on record, with the same commitment', async () => {
    const stream = streamOf();
    const recording = await recordings.open(stream);
    await recording.write(output('hello'));
    const [first, second] = await Promise.all([
      recording.close({ end: 'complete', exitCode: 7 }),
      recording.close({ end: 'cut', reason: 'shutdown' }),
    ]);
    assert.equal(first, second);
    const { exchange, session, stream: id } = stream;
    const [start, end] = await recordsOfStream(place, id);
    const ids = { exchange, session, stream: id };
    assert.deepEqual({ ...start, ...ids, type: 'recording.start' }, start);
    const root = Buffer.from(first.root).toString('hex');
    assert.deepEqual({ ...end, ...ids, end: 'complete', chunks: first.chunks, bytes: first.bytes, root }, end);
    const frames = await framesOf(place, id);
    assert.deepEqual(
      frames.map(({ channel }) => channel),
      ['stdout', 'end'],
    );
    const { isOpened, unboundBytes } = await verifyAgainstLog(place, id);
    assert.deepEqual([isOpened, unboundBytes], [true, 0]);
    await assert.rejects(recording.write(output('late')), { code: 'ERR_RECORDINGS_CLOSED' });
  });

  it('is taken back without a file where nothing came of it, and on record as nothing', async () => {
    const stream = streamOf();
    const recording = await recordings.open(stream);
    const both = [recording.discard('ERR_UPSTREAM_LOST'), recording.close({ end: 'cut', reason: 'shutdown' })];
    await Promise.all([...both, recording.discard('not-switched')]);
    const [, end, ...more] = await recordsOfStream(place, stream.stream);
    assert.ok(end?.type === 'recording.end');
    assert.deepEqual([end.end, end.reason, end.chunks, end.bytes, more], ['cut', 'ERR_UPSTREAM_LOST', 0, 0, []]);
    assert.deepEqual(await filesOf(), []);
    await assert.rejects(recording.write(output('late')), { code: 'ERR_RECORDINGS_CLOSED' });
  });

  it('is never taken back when something was recorded, nor when it has its end', async () => {
    const [written, closed] = [streamOf(), streamOf()];
    const recording = await recordings.open(written);
    await recording.write(output('x'));
    await recording.discard('ERR_INTERNAL');
    assert.equal(await outputOf(place, written.stream), 'x');
    const complete = await recordings.open(closed);
    await complete.close({ end: 'complete' });
    await complete.discard('ERR_INTERNAL');
    const ends = (await recordsOf(place)).flatMap(({ leaf }) => (leaf.type === 'recording.end' ? [leaf] : []));
    assert.deepEqual(
      ends.map(({ end, reason, chunks }) => [end, reason, chunks]),
      [
        ['cut', 'ERR_INTERNAL', 3],
        ['complete', undefined, 2],
      ],
    );
    assert.equal((await filesOf()).length, 2);
  });

  it('gathers what is written together into one chunk', async () => {
    const stream = streamOf();
    const recording = await recordings.open(stream);
    await Promise.all(Array.from({ length: 100 }, (_, i) => recording.write(output(`${i} `))));
    const { chunks } = await recording.close({ end: 'complete' });
    assert.equal(chunks, 3, 'the header, the writes, the end');
  });

  it('lies below a directory for its owner alone, and nowhere in the clear', async () => {
    const stream = streamOf();
    const recording = await recordings.open(stream);
    await recording.write(output('correct-horse'));
    await recording.close({ end: 'complete' });
    const names = (await readdir(recordingsDir(place), { recursive: true })).sort();
    assert.deepEqual(names, [stream.stream.slice(0, 2), `${stream.stream.slice(0, 2)}/${stream.stream}.rec`]);
    assert.ok(!(await readFile(pathOf(stream.stream))).includes('correct-horse'));
  });

  it('shares its key with the sealed fields of its session, and goes with it', async () => {
    const stream = streamOf();
    const recording = await recordings.open(stream);
    await recording.close({ end: 'complete' });
    assert.equal((await log.shred(`session ${stream.session}`, { rule: 'rec-180d' })).length, 1);
    await assert.rejects(framesOf(place, stream.stream), /no key/);
  });

  it('tells the log what is durable while it is going on, once', async () => {
    const stream = streamOf();
    const recording = await recordings.open(stream);
    await recordings.reportProgress();
    await recording.write(output('a'));
    await recordings.reportProgress();
    await recordings.reportProgress();
    await recording.write(output('b'));
    await recordings.reportProgress();
    const { unboundBytes } = await verifyAgainstLog(place, stream.stream);
    assert.equal(unboundBytes, 0);
    await recording.close({ end: 'complete' });
    await recordings.reportProgress();
    const types = (await recordsOfStream(place, stream.stream)).map(({ type }) => type);
    assert.deepEqual(types, ['recording.start', 'recording.progress', 'recording.progress', 'recording.end']);
    await verifyAgainstLog(place, stream.stream);
  });

  it('is ended by a shutdown, before the log', async () => {
    const stream = streamOf();
    const recording = await recordings.open(stream);
    await recording.write(output('a'));
    await close();
    const [, end] = await recordsOfStream(place, stream.stream);
    assert.deepEqual([end?.type, end && 'reason' in end && end.reason], ['recording.end', 'shutdown']);
    assert.equal((await verifiedReport(place, log.vkey)).closed, true);
  });

  it('takes no frame that is none, and goes on', async () => {
    const recording = await recordings.open(streamOf());
    const wrong = recording.write({ channel: 'resize', columns: -1, rows: 1 });
    await assert.rejects(wrong, { code: 'ERR_RECORDING_FRAME' });
    await recording.write(output('a'));
    const ended = await recording.close({ end: 'complete', exitCode: 1_000 });
    assert.equal(ended.chunks, 2);
  });

  it('is not begun twice, and not begun where there is no room for it', async () => {
    const stream = streamOf();
    await recordings.open(stream);
    await assert.rejects(recordings.open(stream), { code: 'ERR_LOG_RECORD' });
    const other = streamOf();
    await rm(recordingsDir(place), { recursive: true });
    await writeFile(recordingsDir(place), 'no directory');
    await assert.rejects(recordings.open(other), { code: 'ERR_RECORDINGS_FAILED' });
    const [, end] = await recordsOfStream(place, other.stream);
    assert.deepEqual([end?.type, end && 'chunks' in end && end.chunks], ['recording.end', 0]);
    await rm(recordingsDir(place));
  });

  it('lets nothing flow when the log has failed', async () => {
    const recording = await recordings.open(streamOf());
    await recording.write(output('before'));
    const failing = recordings.open({ ...streamOf(), session: 'x'.repeat(129) });
    await assert.rejects(failing, { code: 'ERR_RECORDING_FRAME' });
    await recording.write(output('still'));
    const listeners: ((state: LogState) => void)[] = [];
    const failed = await openRecordings(place, {
      append: (records) => log.append(records),
      keyOf: (scope) => log.keyOf(scope),
      state: log.state,
      onState: (listener) => {
        listeners.push(listener);
        return () => undefined;
      },
      openRecordings: [],
    });
    const other = await failed.open(streamOf());
    for (const listener of listeners) listener({ state: 'failed', problem: 'EIO' });
    await assert.rejects(other.write(output('after')), { code: 'ERR_RECORDINGS_FAILED' });
    await failed.close();
  });
});

describe('recordings that a crash left', () => {
  /** What a machine that lost its power would find, changed by `change`; opened again. */
  async function afterCrash(change: (copy: LogPlace) => Promise<void>, texts: readonly string[] = ['one', 'two']) {
    const stream = streamOf();
    const recording = await recordings.open(stream);
    for (const text of texts) await recording.write(output(text));
    const copy = await copyPlace(place);
    await change(copy);
    const again = await openBoth(copy);
    await again.close();
    const ends = (await recordsOfStream(copy, stream.stream)).filter(({ type }) => type === 'recording.end');
    const verdict = await verdictOn(copy, again.log.vkey);
    assert.equal(ends.length, 1);
    const [end] = ends;
    assert.ok(end?.type === 'recording.end' && verdict.result !== 'failed', inspect(verdict));
    const { closed, recordings: found, incomplete } = verdict.report;
    assert.ok(closed);
    return { copy, stream: stream.stream, end, found, incomplete };
  }

  const fileIn = (copy: LogPlace, stream: string) => recordingPath(recordingsDir(copy), stream);
  const onlyFile = async (copy: LogPlace) => {
    const names = await readdir(recordingsDir(copy), { recursive: true });
    return fileIn(copy, names.find((name) => name.endsWith('.rec'))?.slice(3, -4) ?? '');
  };

  it('end with all that was acknowledged', async () => {
    const { copy, stream, end, found, incomplete } = await afterCrash(async () => undefined);
    assert.deepEqual([found.known, found.opened, found.unboundBytes, incomplete], [1, 1, 0, []]);
    assert.deepEqual([end.end, end.reason, end.chunks], ['cut', 'recovery', 3]);
    assert.equal(await outputOf(copy, stream), 'onetwo');
    assert.equal((await verifyAgainstLog(copy, stream)).unboundBytes, 0);
  });

  it('lose a write that was cut short', async () => {
    const { copy, stream, end } = await afterCrash(async (copy) =>
      appendFile(await onlyFile(copy), Buffer.from([0, 0, 1, 0, 2, 9])),
    );
    assert.deepEqual([end.reason, end.chunks], ['recovery', 3]);
    assert.equal(await outputOf(copy, stream), 'onetwo');
    assert.equal((await verifyAgainstLog(copy, stream)).unboundBytes, 0);
  });

  it('stay as they are when they are damaged, and the log says so', async () => {
    let damaged = Buffer.alloc(0);
    const { copy, stream, end, incomplete } = await afterCrash(async (copy) => {
      const path = await onlyFile(copy);
      damaged = await readFile(path);
      damaged.writeUInt8(damaged.readUInt8(damaged.length - 200) ^ 1, damaged.length - 200);
      await writeFile(path, damaged);
    });
    assert.deepEqual([end.reason, end.chunks < 3], ['recording-damaged', true]);
    assert.deepEqual(await readFile(fileIn(copy, stream)), damaged);
    assert.deepEqual(incomplete, ['1 recordings were damaged when the gateway found them, by its own records']);
  });

  it('are on record as nothing when their file is not there, or has not even its header', async () => {
    const gone = await afterCrash(async (copy) => rm(await onlyFile(copy)));
    assert.deepEqual([gone.end.reason, gone.end.chunks, gone.end.bytes], ['recovery', 0, 0]);
  });

  it('are on record as nothing when not even their header is whole', async () => {
    const begun = await afterCrash(async (copy) => truncate(await onlyFile(copy), 12), []);
    assert.deepEqual([begun.end.reason, begun.end.chunks], ['recovery', 0]);
  });

  it('are ended by whichever start comes to it', async () => {
    const stream = streamOf();
    await (await recordings.open(stream)).write(output('x'));
    const copy = await copyPlace(place);
    await (await openDiskLog(copy)).close();
    const unended = await recordsOfStream(copy, stream.stream);
    assert.deepEqual(
      unended.map(({ type }) => type),
      ['recording.start'],
    );
    const types = (await recordsOf(copy)).map(({ leaf }) => leaf.type);
    assert.ok(!types.includes('log.closed'), 'a log is not closed while a recording is under way');
    await (await openBoth(copy)).close();
    const ended = await recordsOfStream(copy, stream.stream);
    assert.deepEqual(
      ended.map(({ type }) => type),
      ['recording.start', 'recording.end'],
    );
    await verifyAgainstLog(copy, stream.stream);
  });
});
