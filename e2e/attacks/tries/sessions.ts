// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Leaf } from '@countersign/evidence';
import { type ExecSocket, openExecSocket } from '../../exec/exec-socket.ts';
import { Terminal, terminalSupport } from '../../exec/terminal.ts';
import { limitFileSize, noFileSizeLimit } from '../../fixtures/file-size-limit.ts';
import { RawConnection } from '../../fixtures/raw-connection.ts';
import { countersign, runCountersignOf } from '../../installation/countersign.ts';
import { eventually } from '../../installation/eventually.ts';
import { encodeChannelFrame } from '../../websocket-frames.ts';
import { causeOf, type Field } from '../field.ts';
import { FRONTED } from '../front.ts';
import { type Try, triesOf } from '../try.ts';

const PODS = '/api/v1/namespaces/demo/pods';
const ECHO = 'command=cat&stdin=true&stdout=true';
const PROTOCOL = 'v5.channel.k8s.io';
const WITHIN_MS = 1_000;
const SMUGGLED = 'GET /api/v1/secrets HTTP/1.1\r\nHost: gateway\r\n\r\n';

async function open(field: Field, query = ECHO, headers: Readonly<Record<string, string>> = {}): Promise<ExecSocket> {
  const url = `${field.site.data}/clusters/${FRONTED}${PODS}/echo/exec?${query}`;
  const token = await field.site.token('shell');
  const session = await openExecSocket({ url, caFile: field.site.caFile, token, protocol: PROTOCOL, headers });
  await eventually('the container has said that it is up', () => session.seen().includes('up '));
  return session;
}

/** Asks for an exec of a pod and sends these bytes behind, without waiting: what came back until the connection closed. */
async function askAtOnce(field: Field, pod: string, behind: string): Promise<string> {
  const connection = await RawConnection.tls(await field.address(), 'http/1.1');
  const head = [
    `GET /clusters/${FRONTED}${PODS}/${pod}/exec?${ECHO} HTTP/1.1`,
    'Host: gateway',
    `Authorization: Bearer ${await field.site.token('shell')}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: ${PROTOCOL}`,
  ];
  connection.write(`${head.join('\r\n')}\r\n\r\n${behind}`);
  await connection.closed();
  return connection.received.toString('latin1');
}

function statusesOf(received: string): string[] {
  return received.match(/^HTTP\/1\.1 \d+/gm) ?? [];
}

/** A frame of a client, masked or not. */
function frame(first: number, payload: string, isMasked = true): Buffer {
  const bytes = Buffer.from(payload);
  const mask = randomBytes(4);
  if (!isMasked) return Buffer.concat([Buffer.of(first, bytes.length), bytes]);
  return Buffer.concat([
    Buffer.of(first, 0x80 | bytes.length),
    mask,
    bytes.map((byte, i) => byte ^ (mask[i % 4] ?? 0)),
  ]);
}

async function startOf(field: Field, { id }: ExecSocket): Promise<Extract<Leaf, { type: 'stream.start' }>> {
  const records = (await field.site.records()).map(({ record }) => record);
  const found = records.find((record) => record.type === 'stream.start' && record.exchange === id);
  return found?.type === 'stream.start' ? found : assert.fail('its start is on record');
}

/** What the recording of a session has of one channel. */
async function recorded(field: Field, session: ExecSocket, channel: string): Promise<string> {
  const { stream } = await startOf(field, session);
  const { dir, keys } = field.site.evidence;
  const text = await countersign('sessions', 'replay', dir, stream, '--keys', keys, '-o', 'json');
  const frames = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const own = frames.filter((one) => one.channel === channel);
  return Buffer.concat(own.map(({ bytes }) => Buffer.from(bytes, 'base64'))).toString();
}

const switches = triesOf(1, {
  'bytes behind an exec that upstream does not switch': async (field) => {
    for (const pod of ['refuses', 'agrees']) {
      const targets = field.front.targets.length;
      const before = field.front.containers.receivedBy(pod);
      const received = await askAtOnce(field, pod, SMUGGLED);
      assert.equal(statusesOf(received).length, 1, received);
      assert.doesNotMatch(received, /^HTTP\/1\.1 101/);
      assert.equal(field.front.containers.receivedBy(pod), before);
      assert.equal(field.front.targets.length, targets);
    }
  },
  'a 101 that agrees to something else': async (field) => {
    for (const pod of ['other-upgrade', 'other-accept', 'other-protocol']) {
      const before = field.front.containers.receivedBy(pod);
      const received = await askAtOnce(field, pod, SMUGGLED);
      assert.deepEqual(statusesOf(received), ['HTTP/1.1 502'], `${pod}: ${received}`);
      assert.equal(field.front.containers.receivedBy(pod), before);
    }
  },
  'bytes before the 101 that are no frames': async (field) => {
    const received = await askAtOnce(field, 'echo', SMUGGLED);
    assert.deepEqual(statusesOf(received), ['HTTP/1.1 101']);
    assert.match(received, /what its caller sent can not be read/);
    assert.doesNotMatch(field.front.containers.receivedBy('echo'), /secrets/);
  },
});

const frames = triesOf(13, {
  'stdin in text frames, in fragments and with pings between: all of it flows, and is in the recording': async (
    field,
  ) => {
    const session = await open(field);
    session.raw(Buffer.concat([frame(0x01, '\0ab'), frame(0x89, 'ping'), frame(0x00, 'cd'), frame(0x80, 'ef bye')]));
    const { stdout, status } = await session.end;
    assert.deepEqual([stdout.toString(), status.status], ['up abcdef bye', 'Success']);
    assert.equal(await recorded(field, session, 'stdin'), 'abcdef bye');
    assert.equal(await recorded(field, session, 'stdout'), 'up abcdef bye');
  },
  'a frame without a mask, as no browser sends one': async (field) => {
    const session = await open(field);
    session.raw(frame(0x82, '\0unmasked bye', false));
    const { status } = await session.end;
    assert.match(status.message, /what its caller sent can not be read/);
    assert.doesNotMatch(field.front.containers.receivedBy('echo'), /unmasked/);
  },
});

const CRUMBS = 2_000;

const crumbs = triesOf(34, {
  'a message byte by byte, each in a frame of its own, without end: it flows on and is not gathered': async (field) => {
    const session = await open(field);
    try {
      const each = Array.from({ length: CRUMBS }, () => frame(0x00, 'x'));
      session.raw(Buffer.concat([frame(0x02, '\0'), ...each]));
      await eventually('most of it has come back', () => session.seen().length > CRUMBS / 2);
    } finally {
      session.destroy();
    }
  },
});

const records = triesOf(15, {
  'an exec that asks not to be recorded': async (field) => {
    const quiet = { 'user-agent': 'quiet', 'x-countersign-record': 'off', dnt: '1' };
    const command = ['env', 'COUNTERSIGN_RECORD=off', 'cat', '--no-record'].map((word) => `command=${word}`).join('&');
    const session = await open(field, `${command}&stdin=true&stdout=true`, quiet);
    session.stdin(Buffer.from('seen bye'));
    await session.end;
    assert.deepEqual((await startOf(field, session)).recorded, ['up', 'down']);
    assert.equal(await recorded(field, session, 'stdin'), 'seen bye');
    assert.equal(await recorded(field, session, 'stdout'), 'up seen bye');
  },
  'a tar that hands what it unpacks to a command': async (field) => {
    const command = ['tar', '-x', '-f', '-', '--to-command=sh'].map((word) => `command=${word}`).join('&');
    const session = await open(field, `${command}&stdin=true&stdout=true`);
    session.stdin(Buffer.from('seen bye'));
    await session.end;
    assert.deepEqual((await startOf(field, session)).recorded, ['up', 'down']);
    assert.equal(await recorded(field, session, 'stdin'), 'seen bye');
  },
});

/** What a terminal would obey: its clipboard, its title, a report that it types, a printer. */
const ESCAPES = '\u001b]52;c;cm0gLXJmIH4K\u0007\u001b]0;owned\u001b\\\u001b[6n\u001b[5i\u001bP+q544e\u001b\\';
/** A colour, and the clearing of one, are all that is let through. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
const OBEYED = /\u001b(?!\[[0-9;]*m)|[\u0080-\u009f\u0007]/;

const replays = triesOf(27, {
  'escapes in what a container prints, replayed in a terminal and as text': async (field) => {
    const session = await open(field);
    session.stdin(Buffer.from(`${ESCAPES}harmless bye`));
    await session.end;
    assert.ok((await recorded(field, session, 'stdout')).includes('\u001b]52;'), 'it is recorded as it was');
    const { stream } = await startOf(field, session);
    const { dir, keys } = field.site.evidence;
    const args = ['sessions', 'replay', dir, stream, '--keys', keys];
    const { stdout } = await runCountersignOf(field.tree, ...args);
    const main = join(field.tree, 'apps', 'cli', 'src', 'main.ts');
    const terminal = new Terminal({ command: process.execPath, args: [main, ...args], columns: 80, rows: 24 });
    assert.equal(await terminal.exited, 0, terminal.shown);
    for (const shown of [stdout, terminal.shown]) {
      assert.match(shown, /harmless bye/);
      assert.doesNotMatch(shown, OBEYED);
    }
  },
}).map((one) => ('unavailable' in terminalSupport ? { ...one, unavailable: terminalSupport.unavailable } : one));

const readings = triesOf(16, {
  'a terminal, however it is asked for': async (field) => {
    for (const [spelling, isTerminal] of [
      ['tty=1', true],
      ['tty=true', true],
      ['tty=false', false],
      ['tty=0', false],
    ] as const) {
      const received = await refusalOf(field, `${ECHO}&${spelling}`);
      assert.equal(received?.includes('no terminals') ?? false, isTerminal, `${spelling}: ${received}`);
    }
  },
  'a command of many words, of which the last is forbidden': async (field) => {
    const received = await refusalOf(field, `command=ls&command=-l&command=--forbidden&stdout=true`);
    assert.match(received ?? '', /not that word/);
  },
});

/** Why an exec is refused; undefined where it is not. */
async function refusalOf(field: Field, query: string): Promise<string | undefined> {
  const answer = await field.site
    .as('shell', { cluster: FRONTED, kubectl: field.site.lab('lab').kubectl })
    .call('POST', `${PODS}/echo/exec?${query}`);
  // One that policy lets on is refused for its missing upgrade.
  return causeOf(answer.json) === 'ERR_UPGRADE_REFUSED' ? undefined : answer.text;
}

const revocation = triesOf(25, {
  'an exec whose agent is locked': async (field) => {
    const session = await open(field);
    const locked = await field.askControl('POST', '/locks', { body: { kind: 'agent', target: 'shell' } });
    assert.equal(locked.status, 201, locked.text);
    try {
      const timer = setTimeout(() => session.destroy(), 5 * WITHIN_MS);
      const { status } = await session.end.catch(() => ({ status: undefined }));
      clearTimeout(timer);
      assert.match(status?.message ?? '', /a lock is on this agent/);
      const took = (await field.timeOf({ end: session.id })) - (await field.timeOf('lock'));
      assert.ok(took < WITHIN_MS, `${took} ms`);
    } finally {
      session.destroy();
      await field.askControl('DELETE', '/locks/agent/shell');
    }
  },
});

const recorders = triesOf(28, {
  'a terminal that never says its size is recorded from its first byte': async (field) => {
    const session = await open(field, 'command=terminal&stdin=true&stdout=true&tty=true');
    session.stdin(Buffer.from('first bye'));
    await session.end;
    assert.equal((await startOf(field, session)).tty, true);
    assert.equal(await recorded(field, session, 'stdin'), 'first bye');
    assert.equal(await recorded(field, session, 'stdout'), 'up first bye');
  },
  'a session that says nothing of its terminal is recorded from its first byte': async (field) => {
    const session = await open(field);
    session.raw(encodeChannelFrame(0, Buffer.from('first bye')));
    await session.end;
    assert.equal(await recorded(field, session, 'stdout'), 'up first bye');
  },
});

/** Longer than all that the gateway writes but recordings. */
const MAX_FILE_BYTES = 25_165_824;
const PIECE = Buffer.alloc(32_768, '.');

const failing = triesOf(28, {
  'a recorder that fails in the middle of a session ends it, and nothing unrecorded is seen': async (field) => {
    const session = await open(field);
    const { pid } = field.site.gateway;
    await using _limit = await limitFileSize(pid, MAX_FILE_BYTES);
    // Both ways are recorded.
    for (let sent = 0; sent < MAX_FILE_BYTES; sent += PIECE.length) session.stdin(PIECE);
    session.stdin(Buffer.from('bye'));
    const { stdout, status } = await session.end;
    assert.match(status.message ?? '', /what flows here can't be recorded/);
    const kept = await recorded(field, session, 'stdout');
    assert.ok(kept.startsWith(stdout.toString()), `${stdout.length} bytes seen, ${kept.length} recorded`);
  },
}).map((one) => (noFileSizeLimit === undefined ? one : { ...one, unavailable: noFileSizeLimit }));

export const sessionTries: readonly Try[] = [
  ...switches,
  ...frames,
  ...crumbs,
  ...records,
  ...replays,
  ...readings,
  ...revocation,
  ...recorders,
  ...failing,
];
