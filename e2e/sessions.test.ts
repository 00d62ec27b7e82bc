// SPDX-License-Identifier: Apache-2.0
// Runs alone: what is under way ends within a second.
import assert from 'node:assert/strict';
import { mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { nodeSupport } from '@countersign/lab';
import { openExecSocket } from './exec/exec-socket.ts';
import { grantSessions } from './exec/grant-sessions.ts';
import { type RunningSession, runKubectl, startSession } from './exec/run-exec.ts';
import { Terminal, terminalSupport } from './exec/terminal.ts';
import { mountSmallDisk, noSmallDisk } from './fixtures/small-disk.ts';
import { assertInTime } from './installation/assert-in-time.ts';
import { countersign, runCountersign, startCountersign, TREE } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const UNTIL_KILLED = 100;
const FLOOD_BYTES = 20_000_000;

const support = await nodeSupport();

let site: Installation;

const policies = `
  @id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
  @id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");
  @id("sessions") @reveal permit (principal is Agent, action in [Action::"exec", Action::"attach"], resource in Namespace::"demo");
  @id("in-private") @stdin("unrecorded") permit (principal is Agent, action == Action::"exec", resource in Namespace::"demo")
  when { context.program == "sha1sum" };
  @id("kept") @stdin("recorded") permit (principal is Agent, action == Action::"exec", resource in Namespace::"demo")
  when { context.program == "md5sum" };
`;

type Of<T extends Leaf['type']> = Extract<Leaf, { type: T }>;

async function allOf<T extends Leaf['type']>(type: T): Promise<Of<T>[]> {
  const records = (await site.records()).map(({ record }) => record);
  return records.filter((record): record is Of<T> => record.type === type);
}

async function lastOf<T extends Leaf['type']>(type: T): Promise<Of<T>> {
  return (await allOf(type)).at(-1) ?? assert.fail(`no ${type} is on record`);
}

function replay(id: string, ...more: readonly string[]) {
  const { dir, keys } = site.evidence;
  return ['sessions', 'replay', dir, id, '--keys', keys, ...more];
}

async function operate(...args: readonly string[]): Promise<string> {
  const operator = await site.file('operator', await site.provider.token('operator'));
  return await countersign(...args, '--control', site.control, '--ca', site.caFile, '--token-file', operator);
}

const TALKS = ['exec', '-i', 'web', '--', 'sh', '-c', 'echo up; cat'];
const KINDS = [
  ['an exec over WebSocket', TALKS, {}],
  ['an exec over SPDY', TALKS, { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' }],
  ['an attach', ['attach', 'web'], {}],
] as const;

/** One of each kind, of the agent builder; each has said something. */
async function openEach(): Promise<RunningSession[]> {
  const opened: RunningSession[] = [];
  for (const [, args, env] of KINDS) {
    const running = await startSession(site.as('builder'), args, env);
    await running.stdout.find((line) => line !== '');
    opened.push(running);
  }
  return opened;
}

/** What ends the streams of an agent from outside: how, what is on record of that, and what its caller is told. */
const ENDS: readonly {
  readonly what: string;
  readonly act: () => Promise<unknown>;
  readonly record: 'lock' | 'policy.loaded' | 'session.end';
  readonly reason: string;
  readonly told: RegExp;
  readonly undo: () => Promise<unknown>;
}[] = [
  {
    what: 'a lock of its agent',
    act: () => operate('lock', 'agent', 'builder'),
    record: 'lock',
    reason: 'ERR_AGENT_LOCKED',
    told: /a lock is on this agent/,
    undo: () => operate('lock', 'agent', 'builder', '--off'),
  },
  {
    what: 'a lock of its cluster',
    act: () => operate('lock', 'cluster', 'lab'),
    record: 'lock',
    reason: 'ERR_AGENT_LOCKED',
    told: /a lock is on .*this cluster/,
    undo: () => operate('lock', 'cluster', 'lab', '--off'),
  },
  {
    what: 'a change of policies',
    act: () => site.writePolicies('lab', '// nothing'),
    record: 'policy.loaded',
    reason: 'ERR_POLICY_DENIED',
    told: /no policy permits it/,
    undo: () => site.writePolicies('lab', policies),
  },
  {
    what: 'the end of its session',
    act: async () => operate('sessions', 'end', (await lastOf('stream.start')).session ?? ''),
    record: 'session.end',
    reason: 'ERR_ENDED',
    told: /an operator ended its session/,
    undo: async () => {},
  },
];

/** What a recording has of one way, byte by byte. */
async function recorded(stream: string, way: 'stdin' | 'stdout'): Promise<string> {
  const text = await countersign(...replay(stream, '-o', 'json'));
  const frames = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const printed = frames.filter(({ channel }) => channel === way);
  return Buffer.concat(printed.map(({ bytes }) => Buffer.from(bytes, 'base64'))).toString();
}

const recordedOutput = (stream: string) => recorded(stream, 'stdout');

/** What is on record of a program that was told something, and printed a digest of that. */
async function toldOnRecord(program: string, told: string) {
  const { code, stderr } = await runKubectl(site.as('fixer'), ['exec', '-i', 'web', '--', program], { stdin: told });
  assert.equal(code, 0, stderr);
  const { stream, recorded: ways } = await lastOf('stream.start');
  const { bytesUp } = await lastOf('stream.end');
  return { ways, stdin: await recorded(stream, 'stdin'), bytesUp };
}

async function verified(): Promise<string> {
  const { dir, trust, keys } = site.evidence;
  const recordings = join(dir, '..', 'recordings');
  return await countersign('evidence', 'verify', dir, '--trust', trust, '--keys', keys, '--recordings', recordings);
}

suite('sessions on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    const clusters = { lab: ['countersign:operators'] };
    site = await startInstallation({
      clusters: { lab: { node: true, policies } },
      organisation: '// nothing',
      agents: { fixer: { clusters }, builder: { clusters } },
    });
    await grantSessions(site.lab('lab'));
  });
  after(() => site?.stop());

  test('a terminal session by kubectl is listed, shown, replayed, exported and found', {
    skip: 'unavailable' in terminalSupport ? terminalSupport.unavailable : false,
  }, async () => {
    const { command, args, env } = await site.as('fixer').kubectlCommand('exec', '-it', 'web', '--', 'sh');
    const terminal = new Terminal({ command, args, env, columns: 111, rows: 33 });
    await terminal.shows('# ');
    terminal.type('stty size; echo up-$((40+2))\r');
    await terminal.shows('up-42');
    await terminal.shows('33 111');
    terminal.type('exit 7\r');
    assert.equal(await terminal.exited, 7, terminal.shown);

    const { session = '', stream, exchange, tty } = await lastOf('stream.start');
    assert.equal(tty, true);
    const { dir, keys } = site.evidence;
    assert.match(await countersign('sessions', 'list', dir), new RegExp(`^${session} {2}fixer +lab .*going on`, 'm'));

    const timeline = (await countersign('sessions', 'show', dir, session, '--keys', keys)).split('\n');
    // Progress is told every 5 s, in which a slow machine may not be done.
    const own = timeline.filter((line) => line.includes(exchange.slice(0, 8)) && !line.includes('recording.progress'));
    const wanted = [
      / intent .* sh .*allow {2}by lab\/sessions$/,
      / recording\.start$/,
      / outcome .* done /,
      / stream\.start .* v5\.channel\.k8s\.io {2}with a terminal$/,
      / recording\.end .* complete /,
      / stream\.end .* complete {2}exit code 7 /,
    ];
    for (const [index, line] of wanted.entries()) assert.match(own[index] ?? '', line);

    const lines = await countersign(...replay(stream));
    assert.match(lines, /up-42/);
    const played = new Terminal({
      command: process.execPath,
      args: [join(TREE, 'apps', 'cli', 'src', 'main.ts'), ...replay(stream, '--speed', '100', '--idle', '0.1')],
      columns: 111,
      rows: 33,
    });
    assert.equal(await played.exited, 0, played.shown);
    assert.match(played.shown, /33 111\r+\nup-42\r+\n/);

    const [header = '', ...events] = (await countersign(...replay(stream, '-o', 'cast'))).split('\n');
    const { version, countersign: facts } = JSON.parse(header);
    assert.deepEqual([version, facts.agent, facts.command, facts.pod], [3, 'fixer', ['sh'], 'web']);
    assert.ok([header, ...events].some((line) => /"cols":111,"rows":33|"111x33"/.test(line)));
    assert.deepEqual(JSON.parse(events.filter(Boolean).at(-1) ?? '[]').slice(1), ['x', '7']);

    const hits = await countersign(...replay(session, '--search', 'UP-42'));
    assert.match(hits, new RegExp(`^${stream} .* stdout: up-42$`, 'm'));
    assert.match(await countersign(...replay(session, '--search', 'stty size')), / stdin: stty size/);
    assert.equal((await runCountersign(...replay(session, '--search', 'nowhere'))).code, 1);
  });

  test('cp and a command without a terminal are in it too', async () => {
    const file = await site.file('notes', 'kept-in-the-pod\n');
    assert.equal((await runKubectl(site.as('fixer'), ['cp', file, 'web:/tmp/notes'])).code, 0);
    const { session = '', stream } = await lastOf('stream.start');
    const hits = await countersign(...replay(session, '--search', 'kept-in-the-pod'));
    assert.match(hits, new RegExp(`^${stream} .* stdin: .*kept-in-the-pod`, 'm'));
    assert.match(await countersign(...replay(session, '--search', 'tar -xmf')), / command: tar -xmf/);
  });

  test('a live one is followed, and its end ends it within a second, on record and in its recording', async () => {
    const running = await startSession(site.as('builder'), ['exec', '-i', 'web', '--', 'sh', '-c', 'echo up; cat']);
    await running.stdout.find((line) => line === 'up');
    const { session = '', stream } = await lastOf('stream.start');
    const follower = startCountersign(...replay(stream, '--follow'));
    await follower.stdout.find((line) => line.endsWith('up'));
    const asked = Date.now();
    const ended = await operate('sessions', 'end', session);
    assert.match(ended, new RegExp(`session ${session} is ended; exchanges that ended: 1`));
    assert.equal(await running.exited, 1);
    assert.match(running.stderr.all.join('\n'), /an operator ended its session.*request/);
    assert.equal(await follower.exited, 0);
    assert.match(follower.stdout.all.at(-1) ?? '', /an operator ended its session/);

    const end = await eventually('its end is on record', async () =>
      (await allOf('stream.end')).find((record) => record.stream === stream),
    );
    assert.deepEqual([end.end, end.reason], ['cut', 'ERR_ENDED']);
    const sessionEnd = await lastOf('session.end');
    assert.deepEqual([sessionEnd.session, sessionEnd.reason], [session, 'ended']);
    assertInTime({
      since: Date.parse(sessionEnd.ts),
      notBefore: asked,
      at: Date.parse(end.ts),
      told: await running.exitedAt,
    });
    assert.match(
      await countersign('sessions', 'list', site.evidence.dir),
      new RegExp(`^${session} .*\\(ended\\)`, 'm'),
    );
  });

  for (const { what, act, record, reason, told, undo } of ENDS) {
    test(`${what} ends exec and attach within a second, with a sentence, on record and in the recording`, async () => {
      const before = (await allOf('stream.end')).length;
      const opened = await openEach();
      const recordedBefore = (await allOf(record)).length;
      const asked = Date.now();
      await act();
      for (const [index, running] of opened.entries()) {
        const kind = KINDS[index]?.[0] ?? '';
        assert.equal(await running.exited, 1, kind);
        assert.match(running.stderr.all.join('\n'), told, kind);
      }
      const ends = await eventually('their ends are on record', async () => {
        const all = (await allOf('stream.end')).slice(before);
        return all.length === KINDS.length ? all : undefined;
      });
      const since = Date.parse((await allOf(record))[recordedBefore]?.ts ?? '');
      // Its streams end first, and then a session does.
      const notBefore = record === 'session.end' ? asked : since;
      const toldAt = Math.max(...(await Promise.all(opened.map(({ exitedAt }) => exitedAt))));
      const recorded = await allOf('recording.end');
      for (const end of ends) {
        assert.deepEqual([end.end, end.reason], ['cut', reason]);
        assertInTime({ since, notBefore, at: Date.parse(end.ts), told: toldAt });
        assert.equal(recorded.find(({ stream }) => stream === end.stream)?.reason, reason);
      }
      await undo();
      await eventually('it may exec again', async () => {
        const { code } = await runKubectl(site.as('builder'), ['exec', 'web', '--', 'true']);
        return code === 0;
      });
    });
  }

  test('a token that expires ends the exec and the attach that it opened, within a second', async () => {
    const exp = Math.ceil(Date.now() / 1_000) + 15;
    const token = await site.provider.forge('builder', () => ({ claims: { exp } }));
    const base = `${site.data}/clusters/lab/api/v1/namespaces/demo/pods/web`;
    const of = (url: string) => openExecSocket({ url, caFile: site.caFile, token, protocol: 'v5.channel.k8s.io' });
    const exec = await of(`${base}/exec?command=cat&stdin=true&stdout=true`);
    const attach = await of(`${base}/attach?stdout=true`);
    const toldAt = [exec, attach].map(({ end }) => end.then(() => Date.now()));
    assert.ok(Date.now() < exp * 1_000, 'they were opened while the token was good');
    for (const [index, { id, end }] of [exec, attach].entries()) {
      const { status } = await end;
      assert.match(status.message, /the token expired.*request/);
      const found = (await allOf('stream.end')).find(({ exchange }) => exchange === id);
      assert.deepEqual([found?.end, found?.reason], ['cut', 'ERR_TOKEN_EXPIRED']);
      assertInTime({ since: exp * 1_000, at: Date.parse(found?.ts ?? ''), told: await toldAt[index] });
    }
  });

  test('what is typed is recorded as policy says, and as configured where it says nothing', async () => {
    const told = 'the word is hush\n';
    const kept = { ways: ['up', 'down'], stdin: told, bytesUp: told.length };
    const left = { ways: ['down'], stdin: '', bytesUp: told.length };
    assert.deepEqual(await toldOnRecord('cat', told), kept);
    assert.deepEqual(await toldOnRecord('sha1sum', told), left);
    const before = (await allOf('config.loaded')).length;
    await site.configure((config) => ({ ...config, recordings: { stdin: false } }));
    await eventually('it is configured', async () => (await allOf('config.loaded')).length > before);
    await eventually('it is in force', async () => !(await toldOnRecord('cat', told)).ways.includes('up'));
    assert.deepEqual(await toldOnRecord('cat', told), left);
    assert.deepEqual(await toldOnRecord('md5sum', told), kept);
    await site.configure(({ recordings: _, ...config }) => config);
    await eventually('it is recorded again', async () => (await toldOnRecord('cat', told)).ways.includes('up'));
  });

  test('after kill -9 the recording verifies and has every byte that its caller saw', async () => {
    const counting = 'i=0; while :; do echo "line $i of what was seen"; i=$((i+1)); sleep 0.01; done';
    const running = await startSession(site.as('fixer'), ['exec', 'web', '--', 'sh', '-c', counting]);
    await running.stdout.find((line) => line.startsWith(`line ${UNTIL_KILLED} `));
    await site.gateway.kill();
    await running.exited;
    // The last line may have come in part.
    const seen = running.stdout.all.join('\n');
    const { stream } = await lastOf('stream.start');
    assert.ok((await recordedOutput(stream)).startsWith(seen), 'as it was left');

    await site.startGateway();
    assert.match(await verified(), /^RESULT {3}VERIFIED/m);
    assert.ok((await recordedOutput(stream)).startsWith(seen), 'as the next start ended it');
    const end = await lastOf('recording.end');
    assert.deepEqual([end.stream, end.end, end.reason], [stream, 'cut', 'recovery']);
  });

  test('the log and all recordings verify', async () => {
    assert.match(await verified(), /^RESULT {3}VERIFIED/m);
  });

  test('what can not be recorded is not seen, and its session ends with a sentence', {
    skip: noSmallDisk() ?? false,
  }, async () => {
    await site.gateway.stop();
    const recordings = join(site.evidence.dir, '..', 'recordings');
    const disk = await mountSmallDisk(4);
    await mkdir(join(disk.dir, 'recordings'));
    await rename(recordings, `${recordings}-before`);
    await symlink(join(disk.dir, 'recordings'), recordings);
    await site.startGateway();
    await site.hasConnectors('lab', 1);
    const command = ['sh', '-c', `head -c ${FLOOD_BYTES} /dev/zero; echo done`];
    const { code, stderr, raw } = await runKubectl(site.as('fixer'), ['exec', 'web', '--', ...command]);
    assert.equal(code, 1);
    assert.match(stderr, /what flows here can't be recorded/);
    const end = await lastOf('stream.end');
    assert.deepEqual([end.end, end.reason, end.bytesDown], ['cut', 'ERR_RECORDING_FAILED', raw.length]);
    const recorded = await recordedOutput(end.stream);
    assert.ok(recorded.length >= raw.length && recorded.length < FLOOD_BYTES, `${recorded.length}, ${raw.length}`);
    assert.equal((await lastOf('recording.end')).reason, 'ERR_RECORDINGS_FAILED');
    await site.gateway.stop();
    await disk.unmount();
  });
});
