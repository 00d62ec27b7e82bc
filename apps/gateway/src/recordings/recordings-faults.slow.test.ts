// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type LogPlace, logPlace, verifiedReport } from '../log/log-for-tests.ts';
import {
  openBoth,
  output,
  outputOf,
  recordingsDir,
  recordsOfStream,
  streamOf,
  verifyAgainstLog,
} from './recordings-for-tests.ts';

const LOAD = join(import.meta.dirname, 'record-load-for-tests.ts');
const run = promisify(execFile);

interface Told {
  readonly stream: string;
  readonly number: number;
  readonly result: string;
}

function toldIn(lines: readonly string[]): readonly Told[] {
  const words = lines.filter((line) => line !== 'end').map((line) => line.split(' '));
  return words.map(([stream = '', number, result = '']) => ({ stream, number: Number(number), result }));
}

/** Opens again what a process left, which recovers it, and checks every recording that was told of against the log. */
async function assertAllThere(place: LogPlace, told: readonly Told[]): Promise<void> {
  const { log, close } = await openBoth(place);
  await close();
  assert.equal((await verifiedReport(place, log.vkey)).closed, true);
  const taken = Map.groupBy(
    told.filter(({ result }) => result === 'taken'),
    ({ stream }) => stream,
  );
  for (const [stream, frames] of taken) {
    const expected = frames.map(({ number }) => `${number}\n`).join('');
    const found = await outputOf(place, stream);
    assert.ok(found.startsWith(expected), `${stream} has all ${frames.length} frames that were acknowledged`);
    const { isOpened } = await verifyAgainstLog(place, stream);
    assert.ok(isOpened);
  }
}

describe('recordings whose process is killed', () => {
  it('have every frame that was acknowledged, verify, and end on record', async () => {
    const place = await logPlace();
    for (const lines of [1, 200, 1_000]) {
      const child = spawn(process.execPath, [LOAD, JSON.stringify(place), '16', '1000000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const told: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        told.push(line);
        if (told.length === lines) child.kill('SIGKILL');
      }
      assert.ok(told.length >= lines);
      await assertAllThere(place, toldIn(told));
    }
    await rm(place.root, { recursive: true });
  });
});

/** The 15th sync is one of a frame. */
const ofFrame = (fault: string) => ['-e', 'trace=fdatasync', '-e', `inject=fdatasync:${fault}:when=15`];

const strace = spawnSync('strace', ['-V']).status === 0;

/** Runs the load under strace; gives what it told of. */
async function loadUnder(place: LogPlace & { readonly stallMs?: number }, syncs: readonly string[], frames: number) {
  const options = ['-f', '-o', '/dev/null', ...syncs];
  const load = [process.execPath, LOAD, JSON.stringify(place), '1', `${frames}`];
  const { stdout } = await run('strace', [...options, ...load], { env: { ...process.env, UV_THREADPOOL_SIZE: '1' } });
  return toldIn(stdout.trimEnd().split('\n'));
}

describe('a recording whose sync fails', { skip: strace ? false : 'strace is not installed' }, () => {
  it('takes nothing more, though a later sync would do, and ends on record with what was durable', async () => {
    const place = await logPlace();
    const told = await loadUnder(place, ofFrame('error=EIO'), 50);
    const last = told.at(-1);
    assert.ok(last !== undefined && told.length > 1 && told.length < 50, `${told.length} frames`);
    assert.equal(last.result, 'ERR_RECORDINGS_FAILED');
    assert.ok(told.slice(0, -1).every(({ result }) => result === 'taken'));
    const end = (await recordsOfStream(place, last.stream)).at(-1);
    assert.ok(end?.type === 'recording.end');
    assert.deepEqual([end.end, end.reason], ['cut', 'ERR_RECORDINGS_FAILED']);
    await assertAllThere(place, told);
    await rm(place.root, { recursive: true });
  });

  it('is given up when the disk does not answer', async () => {
    const place = await logPlace();
    const told = await loadUnder({ ...place, stallMs: 300 }, ofFrame('delay_exit=2000000'), 50);
    assert.equal(told.at(-1)?.result, 'ERR_RECORDINGS_STALLED');
    await assertAllThere(place, told);
    await rm(place.root, { recursive: true });
  });

  it('is not begun when the disk does not answer, and ends on record as nothing', async () => {
    const place = await logPlace();
    await mkdir(recordingsDir(place), { recursive: true });
    // Of the directory in which the first file gets its own: nothing else syncs that.
    const syncs = ['-P', recordingsDir(place), '-e', 'trace=fsync', '-e', 'inject=fsync:delay_exit=3000000'];
    const [told] = await loadUnder({ ...place, stallMs: 300 }, syncs, 1);
    assert.equal(told?.result, 'ERR_RECORDINGS_STALLED');
    const [, end, ...rest] = await recordsOfStream(place, told.stream);
    assert.ok(end?.type === 'recording.end' && rest.length === 0);
    assert.deepEqual([end.end, end.reason, end.chunks], ['cut', 'ERR_RECORDINGS_STALLED', 0]);
    await rm(place.root, { recursive: true });
  });
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe('a recording on a full disk', { skip: mayMount ? false : 'only root on Linux can mount a small disk' }, () => {
  let place: LogPlace;
  let disk: string;

  before(async () => {
    place = await logPlace();
    disk = join(place.home, 'recordings');
    await mkdir(disk, { recursive: true });
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
  });

  after(async () => {
    await run('umount', [disk]);
    await rm(place.root, { recursive: true });
  });

  it('is cut, with all that was durable; others can be recorded when there is room again', async () => {
    const { recordings, log, close } = await openBoth(place);
    const filler = join(disk, 'filler');
    const stream = streamOf();
    const recording = await recordings.open(stream);
    await recording.write(output('before '));
    await assert.rejects(writeFile(filler, Buffer.alloc(2 * 1024 * 1024)), { code: 'ENOSPC' });
    const large = Array.from({ length: 8 }, () =>
      recording.write({ channel: 'stderr', bytes: new Uint8Array(65_536) }),
    );
    const results = await Promise.allSettled(large);
    assert.ok(results.every(({ status }) => status === 'rejected'));
    await assert.rejects(recording.write(output('after')), { code: 'ERR_RECORDINGS_FAILED' });
    await recording.close({ end: 'complete' });
    const end = (await recordsOfStream(place, stream.stream)).at(-1);
    assert.ok(end?.type === 'recording.end' && end.reason === 'ERR_RECORDINGS_FAILED');
    await rm(filler);
    const other = streamOf();
    const next = await recordings.open(other);
    await next.write(output('again'));
    await next.close({ end: 'complete' });
    assert.equal(await outputOf(place, stream.stream), 'before ');
    assert.equal(await outputOf(place, other.stream), 'again');
    await verifyAgainstLog(place, other.stream);
    await close();
    assert.equal((await verifiedReport(place, log.vkey)).closed, true);
  });

  it('is cut while the log has room left, and none begins until there is room for both', async () => {
    const { recordings, close } = await openBoth(place, { keepFreePercent: 50, spaceCheckMs: 1 });
    const stream = streamOf();
    const recording = await recordings.open(stream);
    await recording.write(output('before '));
    const filler = join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(600 * 1024));
    const refused = { code: 'ERR_RECORDINGS_NO_ROOM' };
    await assert.rejects(async () => {
      for (;;) await recording.write(output('x'));
    }, refused);
    await assert.rejects(recordings.open(streamOf()), refused);
    await recording.close({ end: 'complete' });
    const end = (await recordsOfStream(place, stream.stream)).at(-1);
    assert.ok(end?.type === 'recording.end' && end.end === 'cut' && end.reason === 'ERR_RECORDINGS_NO_ROOM');
    await rm(filler);
    const next = await recordings.open(streamOf());
    await next.close({ end: 'complete' });
    await close();
  });
});
