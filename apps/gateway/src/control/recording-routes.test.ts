// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { Hono } from 'hono';
import { openDiskLog } from '../log/disk-log.ts';
import { type LogPlace, logPlace } from '../log/log-for-tests.ts';
import { observedLog } from '../log/observed-log.ts';
import { KnownRecordings } from '../recordings/known-recordings.ts';
import { recordingPath } from '../recordings/recording-place.ts';
import { openRecordings, output, recordingsDir, streamOf } from '../recordings/recordings-for-tests.ts';
import { Replays } from '../recordings/replays.ts';
import { ISSUER, NOW } from './control-api-for-tests.ts';
import type { ControlVariables } from './control-context.ts';
import { answerFlaw } from './openapi/answer-flaw-for-tests.ts';
import { recordingRoutes } from './recording-routes.ts';

/** Renames the viewer's window, and sets its clipboard. */
const HOSTILE = '\u001b]2;renamed\u0007\u001b]52;c;cm0gLXJmIC8=\u0007';
const REQUEST = '0196f0a0-0000-4000-8000-00000000000a';

let site: Awaited<ReturnType<typeof openSite>>;

async function openSite() {
  const place: LogPlace = await logPlace();
  const disk = await openDiskLog(place);
  const known = new KnownRecordings(() => NOW);
  const recorded: LogRecord[] = [];
  const log = observedLog(disk, (records) => {
    recorded.push(...records);
    known.add(records);
  });
  const problems: unknown[] = [];
  const recordings = await openRecordings(place, {
    append: (records) => log.append(records),
    onState: (listener) => log.onState(listener),
    state: { state: 'open' },
    keyOf: (scope) => disk.keyOf(scope),
    openRecordings: [],
  });
  const replays = new Replays({
    dir: recordingsDir(place),
    findKey: (id) => disk.findKey(id),
    onProblem: (error) => problems.push(error),
  });
  return { place, disk, log, known, recorded, problems, recordings, replays };
}

/** The API as somebody of this role has it. */
function apiOf(role: string, log = site.log) {
  const app = new Hono<{ Variables: ControlVariables }>();
  app.use(async (context, next) => {
    const token = { issuer: ISSUER, subject: 'somebody', act: [], credentialDigest: '0'.repeat(64) };
    context.set('caller', {
      token,
      roles: [role],
      approverGroups: [],
      via: 'console',
    } as unknown as ControlVariables['caller']);
    context.set('requestId', REQUEST);
    await next();
  });
  app.onError(() => new Response('not now', { status: 503 }));
  const registry = { lookup: () => undefined } as never;
  recordingRoutes(app, { recordings: site.known, replays: site.replays, registry, log, onProblem: assert.ifError });
  return (path: string, method = 'GET') => app.request(`https://gateway${path}`, { method });
}

/** A recording of what was printed, with its end unless it goes on. */
async function recorded(texts: readonly string[], more: { readonly tty?: boolean; readonly goesOn?: boolean } = {}) {
  const { tty = true, goesOn = false } = more;
  const stream = streamOf();
  const recording = await site.recordings.open({ ...stream, facts: { ...stream.facts, tty } });
  for (const text of texts) await recording.write(output(text));
  if (goesOn) await site.recordings.reportProgress();
  else await recording.close({ end: 'complete', exitCode: 0 });
  const list = `/api/v1/sessions/${stream.session}/recordings`;
  return { ...stream, list, path: `${list}/${stream.stream}`, recording };
}

// biome-ignore lint/suspicious/noExplicitAny: what is asserted of it is its shape
const bodyOf = (answer: Response): Promise<any> => answer.json();

const openings = (stream: string) =>
  site.recorded.filter((record) => record.type === 'recording.opened' && record.stream === stream);

before(async () => {
  site = await openSite();
});
after(async () => {
  await site?.recordings.close();
  await site?.log.close();
});

test('an auditor replays a terminal as an asciicast, and that they opened it is on record', async () => {
  const { stream, session, path } = await recorded([`$ id\r\n${HOSTILE}uid=0(root)\r\n`]);
  const answer = await apiOf('auditor')(path);
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/x-asciicast']);
  const [head = '', ...events] = (await answer.text()).trimEnd().split('\n');
  assert.equal(JSON.parse(head).version, 3);
  assert.deepEqual(
    events.map((event) => JSON.parse(event).slice(1)),
    [
      ['o', '$ id\r\nuid=0(root)\r\n'],
      ['x', '0'],
    ],
  );
  const [opened, ...more] = openings(stream);
  assert.deepEqual(more, []);
  assert.ok(opened?.type === 'recording.opened');
  assert.deepEqual(
    [opened.exchange, opened.session, opened.role, opened.principal.kind, opened.principal.id],
    [REQUEST, session, 'auditor', 'human', 'somebody'],
  );
});

test('what had no terminal is read as lines, and what is no text as how much it was', async () => {
  const { path } = await recorded([`one\n${HOSTILE}two\n`, 'a\0b'], { tty: false });
  const answer = await apiOf('auditor')(`${path}?as=text`);
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'text/plain; charset=utf-8']);
  const lines = (await answer.text()).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/^00:00:\d\d\.\d{3} {2}/, '')),
    ['one', 'two', '(3 bytes that are no text)'],
  );
  assert.equal((await apiOf('auditor')(`${path}?as=raw`)).status, 400);
});

test('nobody else opens one; operators are told which there are', async () => {
  const { stream, list, path } = await recorded(['secret']);
  for (const role of ['operator', 'approver', 'owner', 'agent'])
    assert.equal((await apiOf(role)(path)).status, 403, role);
  const other = await recorded(['other']);
  assert.equal((await apiOf('auditor')(`${other.list}/${stream}`)).status, 404, 'of another session');
  assert.deepEqual(openings(stream), []);
  const listed = await apiOf('operator')(list);
  const body = await bodyOf(listed);
  assert.equal(answerFlaw('GET', list, listed.status, body), undefined);
  assert.deepEqual(
    body.items.map(({ id, state, end }: { id: string; state: string; end: string }) => [id, state, end]),
    [[stream, 'ended', 'complete']],
  );
  assert.equal((await apiOf('auditor')(path, 'HEAD')).status, 200);
  assert.deepEqual(openings(stream), [], 'nothing is opened for who reads no body');
});

test('what goes on is shown as far as it has come', async () => {
  const { list, path, recording } = await recorded(['so far'], { goesOn: true });
  const { items } = await bodyOf(await apiOf('auditor')(list));
  assert.equal(items[0].state, 'running');
  assert.match(await (await apiOf('auditor')(path)).text(), /"so far"/);
  await recording.close({ end: 'complete' });
});

test('nothing is shown of a file that is not what the log says', async () => {
  const { stream, path } = await recorded(['what was printed']);
  const file = await open(recordingPath(recordingsDir(site.place), stream), 'r+');
  const { size } = await file.stat();
  const byte = Buffer.alloc(1);
  const middle = Math.floor(size / 2);
  await file.read(byte, 0, 1, middle);
  await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, middle);
  await file.close();
  const answer = await apiOf('auditor')(path);
  const { code } = await bodyOf(answer);
  assert.deepEqual([answer.status, code], [409, 'ERR_RECORDING_NOT_AS_LOGGED']);
  assert.equal(site.problems.length, 1);
  assert.deepEqual(openings(stream), []);
});

test('nothing is shown once its key is destroyed', async () => {
  const { session, path } = await recorded(['forgotten']);
  await site.disk.shred(`session ${session}`, { rule: 'retention' });
  const answer = await apiOf('auditor')(path);
  assert.deepEqual([answer.status, (await bodyOf(answer)).code], [410, 'ERR_RECORDING_KEY_DESTROYED']);
});

test('nothing is shown that the log did not take', async () => {
  const { path } = await recorded(['unseen']);
  const log = { ...site.log, append: () => Promise.reject(new TypeError('no log')) };
  const answer = await apiOf('auditor', log)(path);
  assert.equal(answer.status, 503);
  assert.doesNotMatch(await answer.text(), /unseen/);
});

test('a few are read at a time, and whoever goes away leaves room', async () => {
  const { path } = await recorded(['text']);
  const ask = apiOf('auditor');
  const open = await Promise.all([1, 2, 3, 4].map(() => ask(path)));
  assert.deepEqual(
    open.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  assert.equal((await ask(path)).status, 429);
  await open[0]?.body?.cancel();
  const again = await ask(path);
  assert.equal(again.status, 200);
  for (const one of [...open.slice(1), again]) await one.text();
  assert.equal((await (await ask(path)).text()).includes('text'), true);
});
