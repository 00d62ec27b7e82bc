// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type LogPlace, logPlace } from '../log/log-for-tests.ts';

const LOAD = join(import.meta.dirname, 'record-load-for-tests.ts');
const strace = spawnSync('strace', ['-V']).status === 0;
const run = promisify(execFile);

describe('the syncs of recordings', { skip: strace ? false : 'strace is not installed' }, () => {
  async function loadUnder(place: LogPlace, streams: number, frames: number, ...injected: readonly string[]) {
    const trace = join(place.root, 'trace');
    const options = ['-f', '-o', trace, '-e', 'trace=fdatasync', ...injected];
    const { stdout } = await run('strace', [
      ...options,
      process.execPath,
      LOAD,
      JSON.stringify(place),
      `${streams}`,
      `${frames}`,
    ]);
    const calls = (await readFile(trace, 'utf8')).split('\n').filter((line) => line.includes('fdatasync('));
    return { syncs: calls.length, lines: stdout.trimEnd().split('\n') };
  }

  it('are few, however many are written to', async () => {
    const place = await logPlace();
    const { syncs, lines } = await loadUnder(place, 32, 40);
    assert.equal(lines.filter((line) => line.endsWith(' taken')).length, 32 * 40);
    assert.ok(syncs < (32 * 40) / 4, `${syncs} syncs`);
    await rm(place.root, { recursive: true });
  });

  it('fail for all of them together, and nothing is recorded from then on', async () => {
    const place = await logPlace();
    const { lines } = await loadUnder(place, 16, 1_000, '-e', 'inject=fdatasync:error=EIO:when=120+');
    const refused = lines.filter((line) => !line.endsWith(' taken') && line !== 'end');
    assert.equal(refused.length, 16);
    await rm(place.root, { recursive: true });
  });
});
