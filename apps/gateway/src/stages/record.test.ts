// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parseRequest } from '@countersign/kube';
import type { Incoming } from '../data/incoming.ts';
import type { Exchange, Recorded, Used } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { ActiveGrants } from '../grants/active-grants.ts';
import { LaneTable, type Stage } from '../lane-table.ts';
import { SlowRefusals } from '../limits/slow-refusals.ts';
import { Strangers } from '../limits/strangers.ts';
import { UnknownCallers } from '../limits/unknown-callers.ts';
import type { DiskLog } from '../log/disk-log.ts';
import { type LogPlace, logPlace, recordsOf, verifiedReport } from '../log/log-for-tests.ts';
import type { Pipeline } from '../pipeline.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import type { Recordings } from '../recordings/recordings.ts';
import { openBoth, recordingsDir } from '../recordings/recordings-for-tests.ts';
import { RefusalCounter } from '../respond/refusal-counter.ts';
import { Turns } from '../respond/turns.ts';
import { type Served, serveWith } from '../serve.ts';
import { recordedSession } from '../streams/exec/recorded-session.ts';
import { RefusedUpgrades } from '../streams/refused-upgrades.ts';
import { TurnBudget } from '../turn-budget.ts';
import { commit } from './commit.ts';
import { record } from './record.ts';

let place: LogPlace;
let log: DiskLog;
let recordings: Recordings;
let close: () => Promise<void>;

beforeEach(async () => {
  place = await logPlace();
  ({ log, recordings, close } = await openBoth(place));
});

afterEach(async () => {
  await close();
  await rm(place.root, { recursive: true });
});

const now = () => new Date();
const policyDigest = `sha256:${'0'.repeat(64)}`;

/** An exec that was let through. */
const judged = () => ({
  lane: 'exec',
  session: randomUUID(),
  principal: { kind: 'agent', id: 'worker', owner: 'ada', purpose: '', issuer: 'i', subject: 'worker', act: [] },
  token: { credentialDigest: '0'.repeat(64), expiresAt: 0 },
  upstreamGroups: [],
  life: { leave() {} },
  request: parseRequest('GET', '/api/v1/namespaces/a/pods/p/exec?command=id&stdin=true&stdout=true'),
  made: { id: randomUUID(), decision: { effect: 'allow', reveal: false, rules: [], policyDigest }, input: {} },
});

/** What an exec gets that upstream answers so, with the stages between its judgement and upstream, and `serve`. */
async function serveOne(
  upstream: Stage<Recorded, Recorded>,
): Promise<{ readonly served: Served; readonly status: number }> {
  const table = LaneTable.begin<Used>()
    .every('commit', commit(log, now))
    .row('record', { exec: record({ recordings, recordsStdin: () => true }, recordedSession) }, {})
    .every('forward', upstream as Stage<object, Recorded>);
  const run = (exchange: Exchange, reach: (exchange: Exchange) => void) =>
    table.run({ ...exchange, ...judged() } as unknown as Used, reach as (exchange: Used) => void);
  const { promise, resolve, reject } = Promise.withResolvers<Served>();
  let status = 0;
  const reply = {
    begun: false,
    begin: (said: number) => {
      status = said;
    },
    end: async () => {},
    cut: () => {},
    closeConnection: () => {},
  };
  const incoming = {
    ...{ protocol: 'HTTP/1.1', method: 'GET', target: '/clusters/lab/api', headers: [['host', 'h']] },
    ...{ remoteAddress: '127.0.0.1', remotePort: 1, body: Readable.from([]), hasBody: false, reply },
    gone: new AbortController().signal,
  } as unknown as Incoming;
  serveWith({
    ...{ log, now, answerTimeoutMs: 60_000, onServed: resolve, onProblem: reject, isDraining: () => false },
    refusals: new RefusalCounter(log, now, reject),
    strangers: new Strangers(now),
    slowRefusals: new SlowRefusals(),
    pipeline: { run } as unknown as Pipeline,
    turns: new Turns({ waiting: 0 }),
    budget: new TurnBudget(),
    unknownCallers: new UnknownCallers(1),
    refusedUpgrades: new RefusedUpgrades(() => 0),
    policies: {} as unknown as PolicyStore,
    grants: new ActiveGrants(now, () => true),
  })(incoming);
  return { served: await promise, status };
}

/** Of the exchange alone. */
async function typesOnRecord(): Promise<readonly string[]> {
  return (await recordsOf(place)).flatMap(({ leaf }) => ('exchange' in leaf ? [leaf.type] : []));
}

async function outcome() {
  const outcomes = (await recordsOf(place)).flatMap(({ leaf }) => (leaf.type === 'outcome' ? [leaf] : []));
  assert.equal(outcomes.length, 1);
  return [outcomes[0]?.result, outcomes[0]?.reason];
}

async function filesLeft(): Promise<readonly string[]> {
  return (await readdir(recordingsDir(place), { recursive: true })).filter((name) => name.endsWith('.rec'));
}

describe('the recording of a session', () => {
  it('is on record, and its file there, before upstream is asked; and is taken back where upstream fails', async () => {
    const asked: (readonly string[])[] = [];
    const { served, status } = await serveOne(async ({ recorded }) => {
      assert.deepEqual(recorded?.ways, ['up', 'down']);
      asked.push(await typesOnRecord(), await filesLeft());
      return new Fault('ERR_UPSTREAM_LOST');
    });
    assert.deepEqual([asked[0], asked[1]?.length], [['intent', 'recording.start'], 1]);
    assert.deepEqual([served.fault?.code, status], ['ERR_UPSTREAM_LOST', 502]);
    assert.deepEqual(await typesOnRecord(), ['intent', 'recording.start', 'outcome', 'recording.end']);
    const end = (await recordsOf(place)).at(-1)?.leaf;
    assert.ok(end?.type === 'recording.end');
    assert.deepEqual([end.end, end.reason, end.chunks], ['cut', 'ERR_UPSTREAM_LOST', 0]);
    assert.deepEqual(await filesLeft(), []);
  });

  it('leaves a log that verifies, however often upstream refuses', async () => {
    const refuse = async () => new Fault('ERR_UPSTREAM_LOST');
    for (let times = 0; times < 20; times += 1) await serveOne(refuse);
    assert.deepEqual(await filesLeft(), []);
    const { vkey } = log;
    await close();
    const { recordings: report } = await verifiedReport(place, vkey);
    assert.deepEqual([report.known, report.matching, report.live, report.missing], [20, 0, 0, 0]);
    ({ log, recordings, close } = await openBoth(place));
  });

  it('keeps from upstream what can not be recorded, and says that it was not sent', async () => {
    // There is a file where its directory would be made.
    await rm(recordingsDir(place), { recursive: true });
    await writeFile(recordingsDir(place), '');
    const { served, status } = await serveOne(() => assert.fail('upstream was asked'));
    assert.deepEqual([served.fault?.code, status], ['ERR_RECORDING_FAILED', 503]);
    assert.deepEqual(await outcome(), ['not sent', 'ERR_RECORDING_FAILED']);
  });
});
