// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { cp, open, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createProgram } from 'countersign';
import { Load } from './fixtures/load.ts';
import { AS_MUCH_AS_THERE_IS } from './installation/config-file.ts';
import { runCountersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const FLIPS = 200;
/** Copies that are damaged side by side: a verifier waits for a writer before it calls the end of a log damaged. */
const LANES = 8;
/** More records than a full tile and a full bundle have, and than the first segment takes. */
const EXCHANGES = 600;

let site: Installation;
/** The log after the gateway was stopped, for tests to damage, and as it was before its last start. */
let log: string;
let shorter: string;
let savedCheckpoint: string;

async function givenTraffic(): Promise<void> {
  const { server } = site.as('caller');
  const load = new Load({ server, ca: await readFile(site.caFile, 'utf8'), callers: 8 });
  load.resume(await site.freshToken('caller'));
  await load.next(() => load.answered.length >= EXCHANGES);
  await load.stop();
}

before(async () => {
  site = await startInstallation({
    clusters: { lab: { policies: '@id("all") permit (principal == Agent::"caller", action, resource);' } },
    agents: { caller: { clusters: { lab: ['countersign:demo'] }, limits: AS_MUCH_AS_THERE_IS } },
  });
  [log, shorter, savedCheckpoint] = ['log', 'shorter', 'checkpoint'].map((name) => join(site.dir, name)) as [
    string,
    string,
    string,
  ];
  await givenTraffic();
  assert.equal(await site.gateway.stop(), 0);
  await cp(site.evidence.dir, shorter, { recursive: true });
  await site.startGateway();
  const caller = site.as('caller');
  await eventually('the connector is back', async () => (await caller.call('GET', '/version')).status === 200);
  assert.equal((await caller.kubectl('get', 'configmaps')).code, 0);
  assert.equal(await site.gateway.stop(), 0);
  await cp(join(site.evidence.dir, 'checkpoint'), savedCheckpoint);
  await cp(site.evidence.dir, log, { recursive: true });
});
after(() => site?.stop());

interface Verified {
  readonly code: number;
  readonly said: string;
}

/** What `countersign evidence verify` prints when it is run in this process; its exit code is this process' then. */
async function print(dir: string, ...more: readonly string[]): Promise<string> {
  let said = '';
  const take = (text: string) => {
    said += text;
  };
  const args = ['evidence', 'verify', dir, '--trust', site.evidence.trust, ...more];
  await createProgram({ output: { writeOut: take, writeErr: take } }).parseAsync(args, { from: 'user' });
  return said;
}

/** Leaves the exit code of this process, which is the test run's, as it was. */
async function keepingExitCode<T>(work: () => Promise<T>): Promise<T> {
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    return await work();
  } finally {
    process.exitCode = before;
  }
}

function verify(dir: string, ...more: readonly string[]): Promise<Verified> {
  return keepingExitCode(async () => {
    const said = await print(dir, ...more);
    return { code: Number(process.exitCode ?? 0), said };
  });
}

interface LogFile {
  readonly name: string;
  readonly bytes: number;
}

async function filesOf(dir: string): Promise<readonly LogFile[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const named = files.map(async (path) => ({ name: path.slice(dir.length + 1), bytes: (await stat(path)).size }));
  return (await Promise.all(named)).filter(({ bytes }) => bytes > 0);
}

interface Place {
  readonly file: string;
  readonly at: number;
}

/** Any byte of any file, all files alike: of segments, tiles, bundles and the checkpoint. */
function ofAnyFile(files: readonly LogFile[]): Place {
  const { name, bytes } = files[randomInt(files.length)] as LogFile;
  return { file: name, at: randomInt(bytes) };
}

/** Any byte of any segment. */
function ofAnySegment(files: readonly LogFile[]): Place {
  return ofAnyFile(segmentsOf(files));
}

function segmentsOf(files: readonly LogFile[]): readonly LogFile[] {
  return files.filter(({ name }) => name.startsWith('wal/')).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Flips one bit of a byte, or flips it back. */
async function flip(file: string, at: number, bit: number): Promise<void> {
  const handle = await open(file, 'r+');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
  await handle.write(Buffer.of(buffer.readUInt8(0) ^ (1 << bit)), 0, 1, at);
  await handle.close();
}

/** Places at the end of the last segment, after all that was ever written. */
async function paddingOf(dir: string, files: readonly LogFile[]): Promise<() => Place> {
  const { name: file, bytes } = segmentsOf(files).at(-1) as LogFile;
  const padded = await readFile(join(dir, file));
  const begin = padded.findLastIndex((byte) => byte !== 0) + 1;
  return () => ({ file, at: randomInt(begin, bytes) });
}

/** Flips bits of a copy of the log, one after another; returns what kinds of bytes they were of. */
async function flipAndVerify(dir: string, flips: number): Promise<readonly string[]> {
  const files = await filesOf(dir);
  const places = [() => ofAnyFile(files), () => ofAnySegment(files), await paddingOf(dir, files)];
  const kinds: string[] = [];
  for (let number = 0; number < flips; number++) {
    const { file, at } = (places[number % places.length] as () => Place)();
    const bit = randomInt(8);
    await flip(join(dir, file), at, bit);
    const { result, fault } = JSON.parse(await print(dir, '-o', 'json'));
    const what = `bit ${bit} of byte ${at} of ${file}: ${JSON.stringify(fault)}`;
    assert.equal(result, 'failed', what);
    assert.equal(fault.file, file, what);
    await flip(join(dir, file), at, bit);
    const folder = file.split('/')[0] ?? '';
    kinds.push(number % places.length === 2 ? 'padding' : folder);
  }
  return kinds;
}

describe('a log that real traffic made', () => {
  test('verifies, against the checkpoint that was kept too', async () => {
    const { code, said } = await verify(log, '--checkpoint', savedCheckpoint);
    assert.equal(code, 0, said);
    assert.match(said, /VERIFIED/);
  });

  test(`each of ${FLIPS} flipped bits is found, and named by its file`, async (t) => {
    const lanes = Array.from({ length: LANES }, async (_none, lane) => {
      const copy = join(site.dir, `copy-${lane}`);
      await cp(log, copy, { recursive: true });
      const kinds = await flipAndVerify(copy, FLIPS / LANES);
      assert.equal(JSON.parse(await print(copy, '-o', 'json')).result, 'verified');
      return kinds;
    });
    const kinds = Object.groupBy((await keepingExitCode(() => Promise.all(lanes))).flat(), (kind) => kind);
    for (const kind of ['padding', 'tile', 'wal']) assert.ok(kinds[kind] !== undefined, kind);
    t.diagnostic(
      Object.entries(kinds)
        .map(([kind, of]) => `${kind}: ${of?.length}`)
        .join(', '),
    );
  });

  test('a byte of a record that is changed is named by its entry', async () => {
    const segment = (await filesOf(log)).find(({ name }) => name.startsWith('wal/'));
    const bytes = await readFile(join(log, segment?.name ?? ''));
    for (const what of ['"type":"answer"', '"type":"intent"', '"result":"done"']) {
      const at = bytes.indexOf(what) + what.length - 3;
      await flip(join(log, segment?.name ?? ''), at, 0);
      const { code, said } = await verify(log);
      assert.equal(code, 1);
      assert.match(said, /entry \d+, wal\/0+\.seg at byte \d+: /);
      await flip(join(log, segment?.name ?? ''), at, 0);
    }
  });

  test('a log without its tail verifies alone, and fails against the checkpoint that was kept', async () => {
    assert.equal((await verify(shorter)).code, 0);
    const { code, said } = await verify(shorter, '--checkpoint', savedCheckpoint);
    assert.equal(code, 1);
    assert.match(said, /saved checkpoint/i);
  });

  test('a segment that is cut off, or gone, is found without any checkpoint', async () => {
    const segments = (await filesOf(log)).filter(({ name }) => name.startsWith('wal/'));
    for (const { name, bytes } of segments) {
      const whole = await readFile(join(log, name));
      await truncate(join(log, name), randomInt(bytes));
      const { code, said } = await verify(log);
      assert.deepEqual([code, said.includes('wal/')], [1, true], said);
      await rm(join(log, name));
      assert.notEqual((await verify(log)).code, 0);
      await writeFile(join(log, name), whole);
    }
    assert.equal((await verify(log)).code, 0);
  });

  test('what does not belong there is an error, wherever it lies', async () => {
    for (const name of [
      'notes.txt',
      'wal/notes.txt',
      'tile/notes.txt',
      'tile/0/x001',
      'tile/entries/.hidden',
      '.lock',
    ]) {
      await writeFile(join(log, name), '');
      const { code, said } = await verify(log);
      assert.equal(code, 1, name);
      assert.ok(said.includes(name), said);
      await rm(join(log, name));
    }
    await symlink('/etc/hostname', join(log, 'link'));
    assert.equal((await verify(log)).code, 1);
    await rm(join(log, 'link'));
  });

  test('the command itself, run as an auditor runs it', async () => {
    const args = ['evidence', 'verify', log, '--trust', site.evidence.trust, '--checkpoint', savedCheckpoint];
    assert.equal((await runCountersign(...args)).code, 0);
    const { name, bytes } = (await filesOf(log)).find(({ name }) => name.startsWith('wal/')) as LogFile;
    for (const at of [0, randomInt(bytes), bytes - 1]) {
      await flip(join(log, name), at, 7);
      const { code, stdout } = await runCountersign(...args);
      assert.equal(code, 1);
      assert.ok(stdout.includes(name), stdout);
      await flip(join(log, name), at, 7);
    }
    assert.equal((await runCountersign(...args.with(4, savedCheckpoint))).code, 3);
  });
});
