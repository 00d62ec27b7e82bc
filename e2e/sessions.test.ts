// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { nodeSupport } from '@countersign/lab';
import { grantSessions } from './exec/grant-sessions.ts';
import { runKubectl, startSession } from './exec/run-exec.ts';
import { Terminal, terminalSupport } from './exec/terminal.ts';
import { countersign, runCountersign, startCountersign, TREE } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const WITHIN_MS = 1_000;
const UNTIL_KILLED = 400;

const support = await nodeSupport();

let site: Installation;

const policies = `
  @id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
  @id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");
  @id("sessions") @reveal permit (principal is Agent, action in [Action::"exec", Action::"attach"], resource in Namespace::"demo");
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

/** What a recording has of an output, byte by byte. */
async function recordedOutput(stream: string): Promise<string> {
  const text = await countersign(...replay(stream, '-o', 'json'));
  const frames = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const printed = frames.filter(({ channel }) => channel === 'stdout');
  return Buffer.concat(printed.map(({ bytes }) => Buffer.from(bytes, 'base64'))).toString();
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
    assert.match(await countersign('sessions', 'list', dir), new RegExp(`^${session} {2}fixer {2}lab .*going on`, 'm'));

    const timeline = (await countersign('sessions', 'show', dir, session, '--keys', keys)).split('\n');
    const own = timeline.filter((line) => line.includes(exchange.slice(0, 8)));
    const wanted = [
      / intent .* sh .*allow {2}by lab\/sessions$/,
      / recording\.start /,
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
    const operator = await site.file('operator', await site.provider.token('operator'));
    const asOperator = ['--control', site.control, '--ca', site.caFile, '--token-file', operator];
    const ended = await countersign('sessions', 'end', session, ...asOperator);
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
    assert.ok(Math.abs(Date.parse(end.ts) - Date.parse(sessionEnd.ts)) < WITHIN_MS);
    assert.match(
      await countersign('sessions', 'list', site.evidence.dir),
      new RegExp(`^${session} .*\\(ended\\)`, 'm'),
    );
  });

  test('after kill -9 the recording verifies and has every byte that its caller saw', async () => {
    const counting = 'i=0; while :; do echo "line $i of what was seen"; i=$((i+1)); done';
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
});
