// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { type Leaf, type LogRecord, verifyLog } from '@countersign/evidence';
import { openDiskLog } from '@countersign/gateway';
import { parsePolicy } from '@countersign/tlog';
import { runCommand } from './command-fixture.ts';
import { nodeLogCrypto } from './evidence/node-crypto.ts';
import { nodeLogDirectory } from './evidence/node-log-directory.ts';
import { printable } from './evidence/printable.ts';
import { recordLine } from './evidence/record-text.ts';

/** Each file is hit, and some twice; `e2e/evidence-damage.test.ts` flips 200. */
const FLIPS = 40;
const ORIGIN = 'gateway.test/audit/0';
const ESCAPE = 'db\u001b[2J\u202e\u0085';

let root: string;
let logDir: string;
let trust: string;
let keys: string;
let early: string;
const exchange = randomUUID();

const decision = {
  occasion: 'request',
  effect: 'allow',
  rules: [{ set: 'organisation', id: 'writers' }],
  policyDigest: `sha256:${'0'.repeat(64)}`,
} as const;

function intent(id: string): LogRecord {
  return {
    type: 'intent',
    exchange: id,
    cluster: 'lab',
    principal: { kind: 'agent', id: 'reporter', owner: 'ann@example.com', act: [] },
    request: {
      kind: 'resource',
      lane: 'write',
      verb: 'create',
      group: '',
      version: 'v1',
      namespace: 'demo',
      resource: 'configmaps',
      subresource: '',
      name: ESCAPE,
      dryRun: false,
    },
    decision: { id: randomUUID(), ...decision, rules: [...decision.rules] },
    sealed: { source: { address: '192.0.2.7' }, input: { verb: 'create' } },
  };
}

function outcome(id: string, result: 'done' | 'unknown'): LogRecord {
  return { type: 'outcome', exchange: id, cluster: 'lab', result };
}

/** Writes a log of several segments with the gateway's own driver: 302 records, sealed fields in half of them. */
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'countersign-evidence-'));
  const home = join(root, 'home');
  [logDir, trust, keys, early] = [join(home, 'log'), join(root, 'trust'), join(root, 'keys'), join(root, 'early')];
  const log = await openDiskLog({
    home,
    keyDir: keys,
    origin: ORIGIN,
    gateway: 'gateway',
    version: '0.0.0',
    segmentBytes: 64 * 1024,
    publishMs: 3_600_000,
    heartbeatMs: 3_600_000,
    spaceCheckMs: 3_600_000,
    lowSpacePercent: 0,
  });
  await writeFile(trust, `log ${log.vkey}\nquorum none\n`);
  const ids = Array.from({ length: 150 }, (_, i) => (i === 100 ? exchange : randomUUID()));
  for (let i = 0; i < ids.length; i += 5) {
    const five = ids.slice(i, i + 5);
    await log.append(five.map(intent));
    if (i === 60) await writeFile(early, log.head.checkpoint);
    await log.append(five.map((id) => outcome(id, id === ids.at(-1) ? 'unknown' : 'done')));
  }
  await log.close();
});
after(() => rm(root, { recursive: true }));

const run = (...args: readonly string[]) => runCommand('evidence', ...args);
const verify = (...more: readonly string[]) => run('verify', logDir, '--trust', trust, ...more);

/** Files of the log directory with their lengths. */
async function filesOf(dir: string): Promise<{ path: string; bytes: number }[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(files.map(async (path) => ({ path, bytes: (await stat(path)).size })));
}

/** The file and the offset in it of one byte of all. */
function placeOf(files: readonly { path: string; bytes: number }[], position: number): { path: string; at: number } {
  let at = position;
  for (const { path, bytes } of files) {
    if (at < bytes) return { path, at };
    at -= bytes;
  }
  throw new RangeError(`no byte ${position}`);
}

/** Position among all bytes of a random one of file `i`. */
function startOf(files: readonly { bytes: number }[], i: number): number {
  return files.slice(0, i).reduce((sum, { bytes }) => sum + bytes, 0) + randomInt(files[i]?.bytes ?? 0);
}

async function flip(path: string, at: number, bit: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    await file.write(Buffer.of((buffer[0] ?? 0) ^ (1 << bit)), 0, 1, at);
  } finally {
    await file.close();
  }
}

describe('evidence verify', () => {
  test('verifies what the gateway wrote, and says what it does not prove', async () => {
    const { out, err, exitCode } = await verify();
    assert.equal(exitCode, 0, out);
    assert.equal(err, '');
    assert.match(out, /^LOG {6}gateway\.test\/audit\/0 {2}302 entries/m);
    assert.match(out, /^PAIRS {4}150 intents: 150 with outcome \(1 unknown\), 0 without/m);
    assert.match(out, /^CONTENT {2}150 sealed payloads match their records, none opened \(no keys given\)/m);
    assert.match(out, /^RESULT {3}VERIFIED$/m);
    assert.match(out, /operator-trusted only, no witness/);
    assert.match(out, /nothing was cut off its end: no saved checkpoint was given/);
  });

  test('opens sealed fields with the keys, and holds the log against a saved checkpoint', async () => {
    const { out, exitCode } = await verify('--keys', keys, '--checkpoint', early, '-o', 'json');
    assert.equal(exitCode, 0, out);
    const { result, log } = JSON.parse(out);
    assert.equal(result, 'verified');
    assert.deepEqual(log.content, { sealed: 150, opened: 150, unopened: 0, destroyed: 0, destroyedUnrecorded: 0 });
    assert.equal(log.saved.size, 126);
  });

  test(`fails for each of ${FLIPS} random flips of one bit, naming the entry`, async () => {
    const files = await filesOf(logDir);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const crypto = nodeLogCrypto();
    const policy = parsePolicy(crypto.hash, await readFile(trust, 'utf8'));
    for (let i = 0; i < FLIPS; i++) {
      // Every file is hit once, however short it is beside the segments.
      const { path, at } = placeOf(files, i < files.length ? startOf(files, i) : randomInt(total));
      const bit = randomInt(8);
      await flip(path, at, bit);
      const verdict = await verifyLog({ directory: nodeLogDirectory(logDir), crypto, policy });
      await flip(path, at, bit);
      const where = `${relative(logDir, path)}, byte ${at}, bit ${bit}: ${inspect(verdict)}`;
      assert.ok(verdict.result === 'failed', where);
      assert.equal(verdict.fault.file, relative(logDir, path), where);
      assert.equal(typeof verdict.fault.entry, 'number', where);
    }
    assert.equal((await verify()).exitCode, 0, 'every flip was taken back');
  });

  test('prints the first thing wrong with both values', async () => {
    const tile = join(logDir, 'tile', '0', '000');
    await flip(tile, 70, 0);
    const { out, exitCode } = await verify();
    await flip(tile, 70, 0);
    assert.equal(exitCode, 1);
    assert.match(out, /^FAILED {3}entry 2, tile\/0\/000 at byte 70: the leaf hash/m);
    assert.match(out, /expected [0-9a-f]{64}\n +found {4}[0-9a-f]{64}\nRESULT {3}FAILED$/m);
    const json = await verify('--trust', trust, '-o', 'json');
    assert.equal(JSON.parse(json.out).result, 'verified');
  });

  test('fails for a tail that was cut, against a saved checkpoint', async () => {
    const saved = join(logDir, 'checkpoint');
    const copy = join(root, 'cut');
    await cp(logDir, copy, { recursive: true });
    await rm(join(copy, 'checkpoint'));
    await rm(join(copy, 'tile'), { recursive: true });
    const segments = (await readdir(join(copy, 'wal'))).sort();
    await rm(join(copy, 'wal', segments.at(-1) as string));
    assert.equal((await run('verify', copy, '--trust', trust)).exitCode, 0, 'nothing but a checkpoint shows it');
    const { out, exitCode } = await run('verify', copy, '--trust', trust, '--checkpoint', saved);
    assert.equal(exitCode, 1);
    const first = Number(segments.at(-1)?.slice(0, 20));
    assert.match(out, new RegExp(`^FAILED {3}entry ${first}, saved checkpoint: the log is shorter`, 'm'));
    assert.match(out, new RegExp(`expected 302 entries\n +found {4}${first} entries`));
    await truncate(join(copy, 'wal', segments.at(-2) as string), 10_000);
    assert.equal((await run('verify', copy, '--trust', trust)).exitCode, 1);
  });

  test('fails for a thing that does not belong, a symbolic link too', async () => {
    for (const make of [
      (path: string) => writeFile(path, ''),
      (path: string) => mkdir(path),
      (path: string) => symlink(trust, path),
    ]) {
      for (const place of ['x', 'wal/x', 'tile/x', 'tile/0/x', 'tile/entries/x']) {
        await make(join(logDir, place));
        const { out, exitCode } = await verify();
        await rm(join(logDir, place), { recursive: true });
        assert.equal(exitCode, 1, place);
        assert.match(out, new RegExp(`FAILED {3}${place}: .* does not belong`));
      }
    }
  });

  test('fails for a file whose name is not UTF-8', { skip: process.platform !== 'linux' }, async () => {
    for (const place of ['', 'wal', 'tile', 'tile/0', 'tile/entries']) {
      const path = Buffer.concat([Buffer.from(join(logDir, place, 'x')), Buffer.of(0xff)]);
      await writeFile(path, 'hidden');
      const { out, exitCode } = await verify();
      await rm(path);
      assert.equal(exitCode, 1, place);
      assert.match(out, /FAILED {3}.*x\\u\{fffd\}: .* does not belong/);
    }
  });

  test('is incomplete when keys or cosignatures are missing', async () => {
    const others = join(root, 'other-keys');
    await cp(keys, others, { recursive: true });
    const [head] = (await readFile(join(keys, 'table.jsonl'), 'utf8')).split('\n');
    await writeFile(join(others, 'table.jsonl'), `${head}\n`);
    const { out, exitCode } = await verify('--keys', others);
    assert.equal(exitCode, 2);
    assert.match(out, /^MISSING {2}the keys of 150 sealed payloads/m);
    assert.match(out, /^RESULT {3}INCOMPLETE$/m);
    assert.equal((await verify('--keys', join(root, 'nowhere'))).exitCode, 2);
    await cp(keys, others, { recursive: true });
    const kek = (await readdir(others)).find((name) => name.startsWith('kek-')) as string;
    await writeFile(join(others, kek), Buffer.alloc(32));
    const wrong = await verify('--keys', others);
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.err, /does not unwrap/);
  });

  test('is incomplete when the log, the trust file or the saved checkpoint is not there', async () => {
    const nowhere = join(root, 'nowhere');
    for (const result of [
      await run('verify', nowhere, '--trust', trust),
      await run('verify', logDir, '--trust', nowhere),
      await verify('--checkpoint', nowhere),
      await run('list', nowhere),
      await run('show', nowhere, '1'),
    ]) {
      assert.equal(result.exitCode, 2);
      assert.match(result.err, /nowhere/);
    }
  });

  test('tells wrong usage apart', async () => {
    const bad = join(root, 'bad-trust');
    await writeFile(bad, 'log nonsense\nquorum none\n');
    const { err, exitCode } = await run('verify', logDir, '--trust', bad);
    assert.equal(exitCode, 3);
    assert.match(err, /policy line 1/);
    const untrusting = await run('verify', logDir);
    assert.equal(untrusting.exitCode, 3);
    assert.match(untrusting.err, /required option '--trust <file>' not specified/);
  });
});

describe('evidence list and show', () => {
  test('list filters, escapes what came from outside, and pages', async () => {
    const { out, exitCode } = await run('list', logDir, '--type', 'intent', '--limit', '3');
    assert.equal(exitCode, 0);
    const lines = out.trimEnd().split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? '', /create configmaps demo\/db\\u\{1b\}\[2J\\u\{202e\}\\u\{85\} {2}allow$/);
    assert.doesNotMatch(out, /[^\n -~]/);
    const all = await run('list', logDir, '-o', 'json', '--exchange', exchange);
    const records = all.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      records.map(({ record }) => record.type),
      ['intent', 'outcome'],
    );
    assert.equal(records[0].record.request.name, ESCAPE);
    assert.equal(records[0].sealed, undefined);
    const from = await run('list', logDir, '--from', '300', '-o', 'json');
    assert.equal(JSON.parse(from.out.split('\n')[0] ?? '').index, 300);
  });

  test('list refuses what no record can be, and a limit of nothing', async () => {
    const unknown = await run('list', logDir, '--type', 'intents');
    assert.equal(unknown.exitCode, 3);
    assert.match(unknown.err, /no record has the type "intents"; there are .*intent, outcome/);
    assert.equal((await run('list', logDir, '--exchange', 'latest')).exitCode, 3);
    assert.equal((await run('list', logDir, '--limit', '0')).exitCode, 3);
  });

  test('show opens sealed fields only with the keys', async () => {
    const closed = await run('show', logDir, '1');
    assert.doesNotMatch(closed.out, /192\.0\.2\.7|ann@example/);
    const opened = await run('show', logDir, exchange, '--keys', keys, '-o', 'json');
    const first = JSON.parse(opened.out.split('\n')[0] ?? '');
    assert.equal(first.sealed.source.address, '192.0.2.7');
    assert.deepEqual(Object.values(first.sealed.names), ['ann@example.com']);
  });

  test('show fails for what is not there and for what is no index or id', async () => {
    assert.equal((await run('show', logDir, '99999')).exitCode, 1);
    assert.equal((await run('show', logDir, randomUUID())).exitCode, 1);
    assert.equal((await run('show', logDir, 'NaN')).exitCode, 3);
  });

  test('a damaged log is told, after what comes before the damage', async () => {
    const copy = join(root, 'damaged');
    await cp(logDir, copy, { recursive: true });
    const [first] = (await readdir(join(copy, 'wal'))).sort();
    await flip(join(copy, 'wal', first as string), 20_000, 3);
    const { out, err, exitCode } = await run('list', copy);
    assert.equal(exitCode, 1);
    assert.match(err, /the log is damaged: entry \d+, wal\//);
    assert.ok(out.split('\n').length > 5);
  });
});

test('a line says of each record what tells it from another of its type', () => {
  const line = (leaf: object) => recordLine({ index: 7, leaf: { ts: 'T', ...leaf } as Leaf });
  const id = '0196f0a0-0000-4000-8000-000000000001';
  const control = {
    type: 'control',
    exchange: id,
    method: 'POST',
    route: '/api/v1/agents',
    role: 'operator',
    status: 405,
  };
  assert.equal(line(control), `      7  T  control         ${id}  POST /api/v1/agents  405`);
  const refusals = { type: 'refusals', listener: 'tunnel', fault: 'ERR_TUNNEL_TOKEN', count: 12 };
  assert.equal(line(refusals), '      7  T  refusals        tunnel  ERR_TUNNEL_TOKEN  12');
  const intent = { type: 'intent', decision: { effect: 'ask' } };
  assert.match(line({ ...intent, approval: id }), new RegExp(`  ask  let on by approval ${id}$`));
  assert.match(line({ ...intent, decision: { effect: 'ask', grant: id } }), new RegExp(`  let on by grant ${id}$`));
  const emergency = { effect: 'ask', grant: id, breakGlass: true };
  assert.match(line({ ...intent, decision: emergency }), new RegExp(`  let on by break-glass ${id}$`));
  const rules = ['a', 'b', 'c', 'd'].map((id) => ({ set: 'lab', id }));
  const port = { type: 'stream.port', exchange: id, port: 2222, decision: { effect: 'deny', rules } };
  assert.match(line(port), /port 2222 {2}deny {2}by lab\/a, lab\/b, lab\/c, …$/);
  assert.match(line({ ...port, decision: { effect: 'deny', rules: [] } }), /port 2222 {2}deny$/);
  assert.match(line({ type: 'agent.removed', agent: 'guest', source: 'config' }), /agent\.removed +guest$/);
  assert.match(line({ type: 'policy.loaded', set: 'lab', digest: '0' }), /policy\.loaded +lab$/);
  assert.match(line({ type: 'audit.warn', problem: 'low-space' }), /audit\.warn +low-space$/);
});

test('printable leaves nothing that a terminal obeys', () => {
  assert.equal(
    printable('a\u001b]0;x\u0007\nb\\c\u2028\u{1f600}é'),
    'a\\u{1b}]0;x\\u{7}\\nb\\\\c\\u{2028}\\u{1f600}\\u{e9}',
  );
  assert.equal(printable('x'.repeat(1_000)).length, 401);
});
