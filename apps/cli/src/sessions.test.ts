// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { type DiskLog, openDiskLog, Recordings } from '@countersign/gateway';
import { runCommand } from './command-fixture.ts';

const ids = { session: randomUUID(), exchange: randomUUID(), stream: randomUUID() };
const other = { session: randomUUID(), exchange: randomUUID(), stream: randomUUID() };
const live = { session: other.session, exchange: randomUUID(), stream: randomUUID() };
const principal = { kind: 'agent' as const, id: 'reporter', owner: 'team', act: [] };
const refused = { session: randomUUID(), exchange: randomUUID(), stream: randomUUID() };
const ATTACK = '\x1b]52;c;cm0gLXJmIH4K\x07';

let root: string;
let dir: string;
let keys: string;
let log: DiskLog;
let recordings: Recordings;

const run = (...args: readonly string[]) => runCommand('sessions', ...args);

function intentRecord(of: typeof ids): LogRecord {
  const request = { lane: 'exec' as const, verb: 'create', group: '', version: 'v1', namespace: 'shop' };
  return {
    type: 'intent',
    exchange: of.exchange,
    session: of.session,
    cluster: 'lab',
    request: { kind: 'resource', ...request, resource: 'pods', subresource: 'exec', name: 'web', dryRun: false },
    decision: {
      id: randomUUID(),
      occasion: 'request',
      effect: 'allow',
      rules: [{ set: 'lab', id: 'may-exec' }],
      policyDigest: '',
    },
    sealed: { command: ['sh', '-c', `cat ${ATTACK}`] },
  };
}

function startRecord(of: typeof ids): LogRecord {
  return { type: 'stream.start', ...of, protocol: 'v5.channel.k8s.io', recorded: ['up', 'down'], tty: true };
}

function endRecords({ exchange, stream, session }: typeof ids): LogRecord[] {
  return [
    { type: 'stream.end', exchange, session, stream, end: 'complete', exitCode: 7, bytesUp: 3, bytesDown: 40 },
    { type: 'outcome', exchange, result: 'done', status: 101 },
  ];
}

async function record(of: typeof ids, texts: readonly string[]) {
  const facts = { kind: 'exec', cluster: 'lab', namespace: 'shop', pod: 'web', command: ['sh'], tty: true } as const;
  const recording = await recordings.open({
    ...of,
    facts: { ...facts, agent: 'reporter', recorded: ['down'], masked: true },
  });
  for (const text of texts) await recording.write({ channel: 'stdout', bytes: Buffer.from(text) });
  return recording;
}

/** A log and its recordings, below a directory. */
async function openHome(below: string) {
  const [home, keyDir] = [join(below, 'home'), join(below, 'keys')];
  const opened = await openDiskLog({ home, keyDir, origin: 'gw', gateway: 'gw', version: '0', segmentBytes: 262_144 });
  const clocks = { clock: () => Date.now() * 1_000, monotonic: () => performance.now() };
  const recorder = await Recordings.open({ dir: join(home, 'recordings'), log: opened, ...clocks });
  return { dir: join(home, 'log'), keys: keyDir, log: opened, recordings: recorder };
}

/** What a gateway leaves that is killed now; `recover` is its next start. */
async function crash(stream: string) {
  const place = await mkdtemp(join(root, 'crashed-'));
  const [home, keyDir] = [join(place, 'home'), join(place, 'keys')];
  await Promise.all([cp(join(root, 'home'), home, { recursive: true }), cp(keys, keyDir, { recursive: true })]);
  await rm(join(home, 'lock'), { force: true });
  const recover = async () => {
    const again = await openHome(place);
    await again.recordings.close();
    await again.log.close();
  };
  const file = join(home, 'recordings', stream.slice(0, 2), `${stream}.rec`);
  return { dir: join(home, 'log'), keys: keyDir, file, recover };
}

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'countersign-sessions-'));
  ({ dir, keys, log, recordings } = await openHome(root));
  await log.append([{ type: 'session.start', session: ids.session, cluster: 'lab', principal }]);
  await log.append([intentRecord(ids)]);
  const recording = await record(ids, [
    `$ cat ${ATTACK}`,
    'pass\x1b[31mword\x1b[0m: hun',
    'ter2\r\n',
    'hidden\rxxxxxx\r\n',
  ]);
  await log.append([startRecord(ids)]);
  await recording.write({ channel: 'resize', columns: 90, rows: 30 });
  await recording.close({ end: 'complete', exitCode: 7 });
  await log.append(endRecords(ids));
  await log.append([{ type: 'session.end', session: ids.session, cluster: 'lab', reason: 'idle', exchanges: 1 }]);
  await log.append([
    { type: 'session.start', session: other.session, cluster: 'lab', principal: { ...principal, id: 'builder' } },
  ]);
  await log.append([intentRecord(other)]);
  const cut = await record(other, ['nothing here\r\n']);
  await log.append([startRecord(other)]);
  await cut.close({ end: 'cut', reason: 'ERR_TOKEN_EXPIRED' });
  await log.append([
    { type: 'session.start', session: refused.session, cluster: 'lab', principal: { ...principal, id: 'fixer' } },
  ]);
  await log.append([intentRecord(refused)]);
  const never = await record(refused, []);
  await log.append([{ type: 'outcome', exchange: refused.exchange, result: 'failed', status: 404 }]);
  await never.discard('not-switched');
});

after(async () => {
  await recordings.close();
  await log.close();
  await rm(root, { recursive: true });
});

describe('countersign sessions list', () => {
  it('lists sessions with what was in them', async () => {
    const { out } = await run('list', dir);
    const [first = '', second = ''] = out.split('\n');
    assert.match(first, /^[0-9a-f-]{36} {2}reporter {2}lab {2}.* \(idle\) {2}1 request, 1 stream$/);
    assert.match(second, /builder .* going on /);
    assert.equal(first.indexOf('1 request'), second.indexOf('1 request'), 'in columns');
  });

  it('lists those that are asked for, also for programs', async () => {
    assert.deepEqual((await run('list', dir, '--agent', 'reporter', '--open')).out, '');
    const { out } = await run('list', dir, '--agent', 'builder', '--cluster', 'lab', '--open', '-o', 'json');
    const { session, agent, to } = JSON.parse(out);
    assert.deepEqual([session, agent, to], [other.session, 'builder', undefined]);
  });

  it('says of a session that no record ends that its gateway was killed', async () => {
    const { SessionSummaries } = await import('./sessions/gather-sessions.ts');
    const summaries = new SessionSummaries();
    const of = (type: string, more: object) =>
      summaries.take({ type, ts: `2026-11-24T00:00:00.000000Z`, ...more } as never);
    of('log.opened', {});
    of('session.start', { session: 's', cluster: 'lab', principal });
    of('log.opened', {});
    assert.deepEqual(
      summaries.all().map(({ reason }) => reason),
      ['crash'],
    );
  });
});

describe('countersign sessions show', () => {
  it('shows one timeline of requests, decisions, streams and recordings, with the command where there are keys', async () => {
    const { out } = await run('show', dir, ids.session, '--keys', keys);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(1).join(' '));
    const short = ids.exchange.slice(0, 8);
    assert.deepEqual(lines.slice(0, 4), [
      'session.start agent reporter on lab',
      `${short} intent create pods/exec shop/web sh -c cat \\u{1b}]52;c;cm0gLXJmIH4K\\u{7} allow by lab/may-exec`,
      `${short} recording.start`,
      `${short} stream.start stream ${ids.stream} v5.channel.k8s.io with a terminal`,
    ]);
    assert.match(lines.join('\n'), new RegExp(`${short} stream.end complete exit code 7 3 bytes up 40 bytes down`));
    assert.match(lines.join('\n'), new RegExp(`${short} outcome done 101`));
    assert.match(lines.at(-1) ?? '', /^session\.end idle 1 exchange$/);
    assert.ok(!(await run('show', dir, ids.session)).out.includes('cm0gLXJmIH4K'), 'sealed without keys');
  });

  it('says when there is no such session, and what an id looks like', async () => {
    assert.match((await run('show', dir, randomUUID())).err, /no record of a session/);
    assert.equal((await run('show', dir, 'SESSION')).exitCode, 3);
  });
});

describe('an exec that upstream refused', () => {
  it('is a request without a stream or recording, and nothing to replay', async () => {
    const [listed = ''] = (await run('list', dir, '--agent', 'fixer', '-o', 'json')).out.split('\n');
    const { requests, streams, recordings: recorded } = JSON.parse(listed);
    assert.deepEqual([requests, streams, recorded], [1, 0, 0]);
    const { out } = await run('show', dir, refused.session);
    assert.match(out, /recording\.end +cut +not-switched +0 bytes$/m);
    const { exitCode, err } = await run('replay', dir, refused.session, '--keys', keys);
    assert.deepEqual([exitCode, /knows no recording of/.test(err)], [1, true], err);
  });
});

describe('countersign sessions replay', () => {
  it('prints the output as lines, of a stream, a request or a session, without what acts on a terminal', async () => {
    for (const id of [ids.stream, ids.exchange, ids.session]) {
      const { out, exitCode } = await run('replay', dir, id, '--keys', keys);
      assert.deepEqual(
        out.split('\n').map((line) => line.slice(14)),
        ['$ cat password: hunter2', 'xxxxxx', ''],
      );
      assert.match(out, /^\d\d:\d\d:\d\d\.\d{3} {2}/);
      assert.equal(exitCode, 0);
    }
  });

  it('says of each of several recordings which it is, and of what is no text, or of a port, how much it was', async () => {
    const of = { session: randomUUID(), exchange: randomUUID(), stream: randomUUID() };
    const second = { ...of, stream: randomUUID() };
    const facts = { cluster: 'lab', namespace: 'shop', pod: 'web', agent: 'reporter', recorded: ['down'] } as const;
    const archive = await recordings.open({
      ...of,
      facts: { ...facts, kind: 'exec', command: ['tar', 'cf', '-', ATTACK], tty: false, masked: false },
    });
    for (const bytes of [new Uint8Array(600), new Uint8Array(400)]) await archive.write({ channel: 'stdout', bytes });
    await archive.write({ channel: 'stderr', bytes: Buffer.from('tar: done\n') });
    await archive.close({ end: 'complete' });
    const ports = await recordings.open({
      ...second,
      facts: { ...facts, kind: 'portforward', tty: false, masked: false },
    });
    await ports.write({ channel: 'port-open', connection: 1, port: 8080 });
    await ports.write({ channel: 'port-down', connection: 1, bytes: new Uint8Array(5) });
    await ports.close({ end: 'complete' });
    const { out } = await run('replay', dir, of.session, '--keys', keys);
    const lines = out.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} {2}/, ''));
    assert.match(lines[0] ?? '', /^== .*Z {2}exec shop\/web tar cf - \\u\{1b\}\]52.* {2}\(stream [0-9a-f-]{36}\)$/);
    assert.deepEqual(lines.slice(1, 3), ['tar: done', '(1000 bytes that are no text)']);
    assert.match(lines[3] ?? '', /^== .*Z {2}portforward shop\/web {2}\(stream/);
    assert.deepEqual(lines.slice(4), ['port 8080 connection 1: opened', 'port 8080 connection 1: 5 bytes down', '']);
  });

  it('searches what was shown, and what was not', async () => {
    const { out } = await run('replay', dir, ids.session, '--keys', keys, '--search', 'Password: HUNTER2');
    assert.match(out, /stdout: \$ cat password: hunter2\n$/);
    assert.match((await run('replay', dir, ids.session, '--keys', keys, '--search', 'hidden')).out, /\(hiddenxxxxxx\)/);
    const none = await run('replay', dir, ids.session, '--keys', keys, '--search', 'nowhere');
    assert.deepEqual([none.out, none.exitCode], ['', 1]);
    assert.equal((await run('replay', dir, ids.session, '--keys', keys, '--search', '')).exitCode, 3);
  });

  it('gives an asciicast, and frames for programs', async () => {
    const cast = (await run('replay', dir, ids.stream, '--keys', keys, '-o', 'cast')).out.trimEnd().split('\n');
    const [header, ...events] = cast.map((line) => JSON.parse(line));
    assert.deepEqual([header.version, header.term], [3, { cols: 90, rows: 30 }]);
    assert.deepEqual(events.at(-1).slice(1), ['x', '7']);
    assert.ok(!cast.join('').includes('52;c'));
    const { out } = await run('replay', dir, ids.stream, '--keys', keys, '-o', 'json');
    const frames = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(Buffer.from(frames[0].bytes, 'base64').toString(), `$ cat ${ATTACK}`);
    assert.deepEqual(
      frames.map(({ channel }) => channel),
      ['stdout', 'stdout', 'stdout', 'stdout', 'resize', 'end'],
    );
  });

  it('follows what is going on to its end', async () => {
    const recording = await record(live, ['one\r\n']);
    const following = run('replay', dir, live.stream, '--keys', keys, '--follow');
    await recording.write({ channel: 'stdout', bytes: Buffer.from('two\r\n') });
    await recording.close({ end: 'complete' });
    assert.deepEqual(
      (await following).out.split('\n').map((line) => line.slice(14)),
      ['one', 'two', ''],
    );
  });

  it('plays what is left of a recording that a crash and somebody cut, and says that there was more', async () => {
    const of = { session: randomUUID(), exchange: randomUUID(), stream: randomUUID() };
    const recording = await record(of, ['first\r\n', 'second\r\n']);
    await recordings.reportProgress();
    const crashed = await crash(of.stream);
    await recording.close({ end: 'complete' });
    const { file } = crashed;
    // Whole blocks alone: the header, and the first of two chunks.
    const bytes = await readFile(file);
    const blockAt = (at: number) => at + 9 + bytes.readUInt32BE(at);
    await truncate(file, blockAt(blockAt(0)));
    await crashed.recover();
    const { out, err, exitCode } = await run('replay', crashed.dir, of.stream, '--keys', crashed.keys);
    assert.match(out, /first\n$/);
    assert.match(err, new RegExp(`the recording ${of.stream} is not whole: .*3 chunks.* 2 `));
    assert.equal(exitCode, 1);
  });

  it('plays a recording that was damaged when a gateway found it up to there, and says so', async () => {
    const of = { session: randomUUID(), exchange: randomUUID(), stream: randomUUID() };
    const recording = await record(of, ['first\r\n', 'second\r\n']);
    const crashed = await crash(of.stream);
    await recording.close({ end: 'complete' });
    const { file } = crashed;
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 20) ^ 1, bytes.length - 20);
    await writeFile(file, bytes);
    await crashed.recover();
    const { out, err, exitCode } = await run('replay', crashed.dir, of.stream, '--keys', crashed.keys);
    assert.match(out, /first\n$/);
    assert.match(err, new RegExp(`the recording ${of.stream} is not whole: .*damaged`));
    assert.equal(exitCode, 1);
  });

  it('refuses a recording that is not what the log says', async () => {
    const changed = join(root, 'changed');
    const path = `${other.stream.slice(0, 2)}/${other.stream}.rec`;
    await mkdir(join(changed, other.stream.slice(0, 2)), { recursive: true });
    const file = await readFile(join(root, 'home', 'recordings', path));
    file.writeUInt8(file.readUInt8(500) ^ 1, 500);
    await writeFile(join(changed, path), file);
    const refused = await run('replay', dir, other.stream, '--keys', keys, '--recordings', changed);
    assert.deepEqual([refused.out, refused.exitCode], ['', 1]);
    assert.match(refused.err, /is not what the log says: chunk 1 at byte/);
    const missing = await run('replay', dir, other.stream, '--keys', keys, '--recordings', root);
    assert.deepEqual([missing.exitCode, missing.err.includes('ENOENT')], [2, true]);
    assert.equal((await run('replay', dir, randomUUID(), '--keys', keys)).exitCode, 1);
  });
});
