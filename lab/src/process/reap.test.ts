// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { claimMachine } from '../claim.ts';
import { LabError } from '../lab-error.ts';
import { identifyProcess, isRunning, killProcesses } from './process-identity.ts';
import { reapRun } from './reap.ts';
import { createRunRecord, listRunRecords, readRunRecord } from './run-record.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'countersign-reap-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const registry = (): string => join(home, 'runs');
const dir = (): string => join(home, 'lab');

/** A process of its own that claims `dir`, starts a program for the lab and says its number. */
const OWNER = `
  import { claimMachine } from ${JSON.stringify(new URL('../claim.ts', import.meta.url).href)};
  const claim = await claimMachine(process.argv[1], { name: 'lab', dir: process.argv[2] });
  const program = claim.launch('program', 'sleep', ['600']);
  process.stdout.write(String(program.pid));
  setInterval(() => {}, 1000);
`;

async function startOwner(): Promise<{ pid: number; program: number }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', OWNER, registry(), dir()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [program] = await once(child.stdout, 'data');
  assert.ok(child.pid);
  return { pid: child.pid, program: Number(program) };
}

test('a lab dies with its owner, even by SIGKILL, and keeps its logs', async () => {
  const owner = await startOwner();
  const program = identifyProcess(owner.program);
  const [entry] = listRunRecords(registry());
  assert.ok(program && entry);
  writeFileSync(join(dir(), 'pki', 'ca.key'), 'key');
  process.kill(owner.pid, 'SIGKILL');
  while (existsSync(entry.path)) await new Promise(setImmediate);
  assert.equal(isRunning(program), false);
  assert.equal(existsSync(join(dir(), 'pki')), false);
  assert.equal(existsSync(join(dir(), 'logs', 'program.log')), true);
});

test('a directory with a running lab is refused to others', async () => {
  const owner = await startOwner();
  const [entry] = listRunRecords(registry());
  assert.ok(entry);
  await assert.rejects(
    claimMachine(registry(), { name: 'lab', dir: dir() }),
    (error) =>
      error instanceof LabError && error.code === 'ERR_LAB_DIR_IN_USE' && error.message.includes(`${owner.pid}`),
  );
  process.kill(owner.pid, 'SIGKILL');
  while (existsSync(entry.path)) await new Promise(setImmediate);
});

test('the next lab takes back what a dead one holds, if nobody else has', async () => {
  const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
  const program = identifyProcess(child.pid ?? 0);
  assert.ok(program);
  const owner = { pid: process.pid, started: 'before this process' };
  const path = createRunRecord(registry(), {
    id: 'dead',
    name: 'lab',
    dir: dir(),
    temporary: false,
    owner,
    processes: [program],
  }).path;
  const claim = await claimMachine(registry(), { name: 'lab', dir: dir() });
  assert.equal(isRunning(program), false);
  assert.equal(existsSync(path), false);
  await claim.release();
  await claim.release();
  assert.deepEqual(listRunRecords(registry()), []);
});

test('a temporary directory goes with its lab, a named one keeps what is to be read', async () => {
  const temporary = await claimMachine(registry(), { name: 'lab', dir: undefined });
  assert.ok(existsSync(temporary.files.pki));
  await temporary.release();
  assert.equal(existsSync(temporary.files.dir), false);
  const named = await claimMachine(registry(), { name: 'lab', dir: dir() });
  await named.release();
  assert.ok(existsSync(named.files.logs));
});

test('a directory that holds anything else is refused and left alone', async () => {
  writeFileSync(join(home, 'thesis.txt'), 'years of work');
  await assert.rejects(
    claimMachine(registry(), { name: 'lab', dir: home }),
    (error) => error instanceof LabError && error.code === 'ERR_LAB_OPTION',
  );
  assert.ok(existsSync(join(home, 'thesis.txt')));
  assert.deepEqual(listRunRecords(registry()), []);
});

test('a record lists each program before anything waits for it', async () => {
  const claim = await claimMachine(registry(), { name: 'lab', dir: dir() });
  const program = claim.launch('program', 'sleep', ['600']);
  const record = readRunRecord(claim.record.path);
  assert.deepEqual(
    record?.processes.map(({ pid }) => pid),
    [program.pid],
  );
  await killProcesses(record?.processes ?? []);
  assert.equal(await program.exited, 'SIGKILL');
  await reapRun(claim.record.path);
  await claim.release();
});

test('a dead lab that can not be taken back blocks nobody but who wants its directory', async () => {
  const owner = { pid: process.pid, started: 'before this process' };
  const broken = `${dir()}\u0000`;
  createRunRecord(registry(), { id: 'stuck', name: 'lab', dir: broken, temporary: true, owner, processes: [] });
  const claim = await claimMachine(registry(), { name: 'lab', dir: dir() });
  try {
    await assert.rejects(claimMachine(registry(), { name: 'lab', dir: broken }), { code: 'ERR_INVALID_ARG_VALUE' });
    assert.deepEqual(
      listRunRecords(registry())
        .map(({ record }) => record.id)
        .sort(),
      [claim.id, 'stuck'].sort(),
    );
  } finally {
    await claim.release();
  }
});
