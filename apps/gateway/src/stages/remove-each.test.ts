// SPDX-License-Identifier: Apache-2.0
// How a countersigned deletecollection is carried out; e2e/collections.test.ts does it with a real API server.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { parseRequest, serializeTarget } from '@countersign/kube';
import { bindBody } from '../bodies/bind-body.ts';
import type { Committed, Forwarded, Removal } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Log } from '../log/log.ts';
import { LogError } from '../log/log-error.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import { fateOf } from '../respond/fate-of.ts';
import { TunnelError } from '../tunnel/tunnel-error.ts';
import { commit } from './commit.ts';
import { type RemoveEachParts, removeEach } from './remove-each.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const PARENT = 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001';
const NAMES = ['a', 'b', 'c'];
const removal: Removal = {
  objects: NAMES.map((name) => ({ namespace: 'demo', name, uid: `uid-${name}` })),
  answer: { status: 200, headers: [['content-type', 'application/json']], bytes: Buffer.from('{"items":[]}') },
};

function exchangeOf(target: string, more: object = {}): Committed {
  return {
    id: PARENT,
    receivedAt: new Date(0),
    cluster: 'lab',
    lane: 'write',
    request: parseRequest('DELETE', target),
    body: undefined,
    dryRun: false,
    incoming: { method: 'DELETE', target, remoteAddress: '192.0.2.1' },
    headers: {},
    principal: { kind: 'agent', id: 'worker', owner: 'ada', act: [] },
    upstreamGroups: [],
    abort: new AbortController(),
    allowance: { spendRequests: () => undefined },
    made: {
      id: 'c3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001',
      input: {},
      decision: { effect: 'ask', reveal: false, approvals: [], rules: [], policyDigest: '' },
    },
    approval: 'a3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001',
    intended: true,
    removal,
    ...more,
  } as unknown as Committed;
}

type Answer = number | Error | (() => number);

type Ask = (exchange: Committed, sent: number) => Committed | Fault;

/** Carries it out at an API server that answers so for each object. */
async function carriedOut(
  answers: readonly Answer[],
  exchange = exchangeOf(CONFIG_MAPS),
  logFailsAt = Number.NaN,
  asked: Ask = (one) => one,
  said: object = {},
) {
  /** Requests and records, in order. */
  const story: string[] = [];
  const records: Extract<LogRecord, { type: 'intent' | 'outcome' }>[] = [];
  const sent: Committed[] = [];
  const log = {
    append: async ([record]: readonly LogRecord[]) => {
      if (records.length === logFailsAt) throw new LogError('ERR_LOG_FAILED', 'EIO');
      assert.ok(record?.type === 'intent' || record?.type === 'outcome');
      records.push(record);
      story.push(record.type === 'outcome' ? record.result : record.type);
    },
  } as unknown as Log;
  const send = async (one: Committed): Promise<Forwarded> => {
    const answer = answers[sent.length];
    sent.push(one);
    story.push(`${one.request.method} ${serializeTarget(one.request)}`);
    if (answer instanceof Error) throw answer;
    const status = typeof answer === 'function' ? answer() : (answer ?? 200);
    const { name } = one.request as { name?: string };
    const gone = { reason: 'NotFound', details: { name } };
    const words = {
      kind: 'Status',
      message: `it said ${status}`,
      ...(status === 404 ? gone : { reason: 'Forbidden' }),
      ...said,
    };
    const headers = [['content-type', 'application/json']] as const;
    return { ...one, response: { status, headers, body: Readable.from([Buffer.from(JSON.stringify(words))]) } };
  };
  const now = () => new Date(0);
  const parts = {
    intend: commit(log, now),
    send,
    log,
    bodies: { bind: bindBody },
    hmac: oneShotHmac(Buffer.alloc(32)),
    now,
    stillMay: async (one: Committed) => asked(one, sent.length),
  } as unknown as RemoveEachParts;
  const end: Forwarded | Error = await Promise.resolve(removeEach(parts)(exchange)).catch((error: Error) => error);
  return { end, story, records, sent };
}

const deleteOf = (name: string) => `DELETE ${CONFIG_MAPS}/${name}`;

/** What became of it where it did not go to its end. */
async function stopped(...given: Parameters<typeof carriedOut>) {
  const { end, story, sent } = await carriedOut(...given);
  assert.ok(end instanceof Fault);
  const causes = end.causes.map(({ reason, field }) => `${field} ${reason}`);
  return { code: end.code, fate: fateOf(end), causes, message: end.message, story, sent: sent.length };
}

test('each object by its own delete, one after the other: intent, request, outcome; the collection by none', async () => {
  const { end, story, records, sent } = await carriedOut([]);
  assert.deepEqual(
    story,
    NAMES.flatMap((name) => ['intent', deleteOf(name), 'done']),
  );
  const ids = sent.map(({ id }) => id);
  assert.equal(new Set([PARENT, ...ids]).size, 4);
  assert.deepEqual(
    records.map(({ exchange, parent }) => [exchange, parent]),
    ids.flatMap((id) => [
      [id, PARENT],
      [id, PARENT],
    ]),
  );
  for (const record of records) {
    if (record.type === 'intent') assert.equal(record.approval, 'a3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001');
    else assert.deepEqual(record.effect, { uid: `uid-${record.request?.kind === 'resource' && record.request.name}` });
  }
  assert.ok('response' in end && end.id === PARENT);
  assert.deepEqual([end.response.status, await text(end.response.body)], [200, '{"items":[]}']);
});

test('each is of the object that was seen, and goes by the options of the request', async () => {
  const query = '?labelSelector=app%3Dweb&limit=9&timeout=5s&dryRun=All&gracePeriodSeconds=3&propagationPolicy=Orphan';
  const { sent } = await carriedOut([], exchangeOf(`${CONFIG_MAPS}${query}`));
  for (const [at, { request, body }] of sent.entries()) {
    assert.equal(serializeTarget(request), `${CONFIG_MAPS}/${NAMES[at]}?timeout=5s`);
    assert.deepEqual(JSON.parse(Buffer.from(body?.bytes ?? []).toString()), {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      gracePeriodSeconds: 3,
      propagationPolicy: 'Orphan',
      preconditions: { uid: `uid-${NAMES[at]}` },
      dryRun: ['All'],
    });
  }
});

test('it ends at the first that is refused; what was done before is told', async () => {
  const part = await stopped([200, 403]);
  assert.deepEqual([part.code, part.fate, part.sent], ['ERR_COLLECTION_STOPPED', 'done in part', 2]);
  assert.match(
    part.message,
    /: 1 of 3 objects are deleted; not deleted is demo\/b: it said 403; 1 behind it were not tried; look .* and send it again/,
  );
  assert.deepEqual(part.causes, ['demo/a object-deleted', 'demo/b object-not-deleted', 'demo/c object-not-deleted']);
  const first = await stopped([409]);
  assert.deepEqual([first.fate, first.sent], ['failed', 1]);
});

test('what is gone already is passed over, as the API server does', async () => {
  const { end, story } = await carriedOut([404]);
  assert.ok('response' in end);
  assert.deepEqual(story.slice(0, 4), ['intent', deleteOf('a'), 'failed', 'intent']);
});

test('gone is what an answer says of this object, not an API that is not there', async () => {
  for (const said of [{ details: { name: 'other' } }, { details: {} }, { details: null }, { reason: 'Other' }]) {
    const { fate, sent, causes } = await stopped([404], undefined, undefined, undefined, said);
    assert.deepEqual([fate, sent, causes[0]], ['failed', 1, 'demo/a object-not-deleted']);
  }
});

test('where nobody knows of one, nobody knows of all, and nothing more is sent', async () => {
  const lost = new TunnelError('ERR_TUNNEL_LOST', 'it broke', { sent: true });
  for (const answer of [500, 504, lost, new Error('whatever')]) {
    const { fate, causes, sent, story, message } = await stopped([200, answer]);
    assert.doesNotMatch(message, /dry run|nothing was done|send it again/);
    assert.deepEqual([fate, sent, story.at(-1)], ['unknown', 2, 'unknown']);
    assert.deepEqual(causes[1], 'demo/b object-unknown');
  }
  const unsent = new TunnelError('ERR_TUNNEL_NONE', 'nobody there', { sent: false });
  assert.deepEqual((await stopped([unsent])).fate, 'not sent');
  assert.deepEqual((await stopped([200, unsent])).fate, 'done in part');
});

test('before each it is asked whether its caller may begin something new; where not, nothing more is sent', async () => {
  const made = { ...exchangeOf(CONFIG_MAPS).made, id: 'made-again' };
  const asked: Ask = (one, sent) => (sent === 2 ? new Fault('ERR_AGENT_LOCKED') : { ...one, made });
  const { fate, causes, story, message } = await stopped([], undefined, undefined, asked);
  assert.deepEqual([fate, story.length], ['done in part', 6]);
  assert.deepEqual(causes[2], 'demo/c object-not-deleted');
  assert.match(message, /2 of 3 objects are deleted; not deleted is demo\/c: a lock is on this agent/);
  const none = await stopped([], undefined, undefined, () => new Fault('ERR_TOKEN_EXPIRED'));
  assert.deepEqual([none.fate, none.story], ['not sent', []]);
  const { records } = await carriedOut([], undefined, undefined, (one) => ({ ...one, made }));
  assert.ok(records.every((record) => record.type === 'outcome' || record.decision?.id === 'made-again'));
  const broken = await stopped([], undefined, undefined, () => {
    throw new Error('no store');
  });
  assert.deepEqual([broken.code, broken.fate, broken.story], ['ERR_COLLECTION_STOPPED', 'not sent', []]);
});

test('a countersigned collection that nobody has listed is never sent', async () => {
  const { end, story } = await carriedOut([], exchangeOf(CONFIG_MAPS, { removal: undefined, countersigned: {} }));
  assert.ok(end instanceof Fault);
  assert.deepEqual([end.code, fateOf(end), story], ['ERR_INTERNAL', 'not sent', []]);
});

test('nothing is sent that is not on record, and nobody is told to try it again', async () => {
  for (const [records, sent] of [
    [0, 0],
    [1, 1],
    [2, 1],
  ] as const) {
    const { code, ...end } = await stopped([], exchangeOf(CONFIG_MAPS), records);
    assert.deepEqual([code, end.fate, end.sent], ['ERR_OUTCOME_WITHHELD', 'unknown', sent]);
  }
});

test('all other writes are sent as they are', async () => {
  const { end, story } = await carriedOut([], exchangeOf(`${CONFIG_MAPS}/a`, { removal: undefined }));
  assert.ok('response' in end && end.id === PARENT);
  assert.deepEqual(story, [deleteOf('a')]);
});
