// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { openDiskLog } from './disk-log.ts';
import { answerRecord, intentRecord, type LogPlace, logPlace, recordsOf, verifiedReport } from './log-for-tests.ts';

const LOAD = join(import.meta.dirname, 'append-load-for-tests.ts');
const run = promisify(execFile);

interface Attempt {
  readonly exchange: string;
  readonly result: string;
}

function attemptsIn(lines: readonly string[]): readonly Attempt[] {
  return lines.map((line) => line.split(' ')).map(([exchange = '', result = '']) => ({ exchange, result }));
}

async function exchangesOf(place: LogPlace): Promise<ReadonlySet<string>> {
  const exchanges = (await recordsOf(place)).map(({ leaf }) => ('exchange' in leaf ? leaf.exchange : ''));
  return new Set(exchanges);
}

/** Runs the load until `lines` attempts are through, ends it with SIGKILL, and gives the attempts that it told of. */
async function killUnderLoad(place: LogPlace, lines: number): Promise<readonly Attempt[]> {
  const child = spawn(process.execPath, [LOAD, JSON.stringify(place), '64', '1000000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    told.push(line);
    if (told.length === lines) child.kill('SIGKILL');
  }
  return attemptsIn(told);
}

describe('a log whose process is killed', () => {
  it('has every record that was acknowledged, and ends every intent', async () => {
    const place = { ...(await logPlace()), segmentBytes: 256 * 1024, publishMs: 50 };
    const acknowledged: string[] = [];
    for (const lines of [1, 300, 1_500]) {
      const attempts = await killUnderLoad(place, lines);
      acknowledged.push(...attempts.filter(({ result }) => result === 'taken').map(({ exchange }) => exchange));
    }
    const log = await openDiskLog(place);
    await log.close();
    const { pairs, closed } = await verifiedReport(place, log.vkey);
    assert.deepEqual([pairs.openCount, closed, pairs.unknown > 0], [0, true, true]);
    const found = await exchangesOf(place);
    assert.ok(acknowledged.length >= 1_801);
    assert.deepEqual(
      acknowledged.filter((exchange) => !found.has(exchange)),
      [],
    );
    await rm(place.root, { recursive: true });
  });
});

const strace = spawnSync('strace', ['-V']).status === 0;

describe('a log whose sync fails', { skip: strace ? false : 'strace is not installed' }, () => {
  it('takes nothing more, though a later sync would do, and recovers at the next start', async () => {
    const place = await logPlace();
    await (await openDiskLog(place)).close();
    const inject = ['-f', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO:when=6'];
    const load = [process.execPath, LOAD, JSON.stringify(place), '1', '12'];
    const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
    const { stdout } = await run('strace', [...inject, ...load], { env });
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.pop(), 'end failed');
    const attempts = attemptsIn(lines);
    const taken = attempts.findIndex(({ result }) => result !== 'taken');
    assert.ok(taken > 0);
    assert.deepEqual([...new Set(attempts.slice(taken).map(({ result }) => result))], ['ERR_LOG_FAILED']);
    const log = await openDiskLog(place);
    await log.append([answerRecord()]);
    await log.close();
    await verifiedReport(place, log.vkey);
    const found = await exchangesOf(place);
    assert.ok(attempts.slice(0, taken).every(({ exchange }) => found.has(exchange)));
    assert.ok(attempts.slice(taken + 1).every(({ exchange }) => !found.has(exchange)));
    await rm(place.root, { recursive: true });
  });
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe('a log on a full disk', { skip: mayMount ? false : 'only root on Linux can mount a small disk' }, () => {
  let place: LogPlace;
  let disk: string;

  before(async () => {
    const base = await logPlace();
    disk = join(base.root, 'disk');
    await mkdir(disk);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    place = { ...base, home: join(disk, 'home') };
  });

  after(async () => {
    await run('umount', [disk]);
    await rm(place.root, { recursive: true });
  });

  it('stops in time, ends what is under way, and goes on after a restart when there is room', async () => {
    const log = await openDiskLog(place);
    const exchange = randomUUID();
    await log.append([intentRecord(exchange)]);
    const filler = join(disk, 'filler');
    await assert.rejects(writeFile(filler, Buffer.alloc(2 * 1024 * 1024)), { code: 'ENOSPC' });
    const taken = await appendUntilRefused(() => log.append([answerRecord()]));
    assert.ok(taken > 10);
    assert.equal(log.state.state, 'failed');
    await assert.rejects(log.append([intentRecord(randomUUID())]), { code: 'ERR_LOG_FAILED' });
    await log.append([{ type: 'outcome', exchange, result: 'done', status: 201 }]);
    await log.close();
    const types = (await recordsOf(place)).slice(-2).map(({ leaf }) => leaf.type);
    assert.deepEqual(types, ['audit.stopped', 'outcome']);
    await assert.rejects(openDiskLog(place), { code: 'ERR_LOG_NO_SPACE' });
    await rm(filler);
    const again = await openDiskLog(place);
    await again.append([answerRecord()]);
    await again.close();
    const { pairs } = await verifiedReport(place, log.vkey);
    assert.deepEqual([pairs.intents, pairs.unknown], [1, 0]);
  });
});

/** How often `append` was taken before it was refused as failed. */
async function appendUntilRefused(append: () => Promise<unknown>): Promise<number> {
  for (let taken = 0; ; taken++) {
    try {
      await append();
    } catch (error) {
      assert.equal((error as { code: string }).code, 'ERR_LOG_FAILED');
      return taken;
    }
  }
}
