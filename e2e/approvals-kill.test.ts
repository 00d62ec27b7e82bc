// SPDX-License-Identifier: Apache-2.0
// Runs alone: tunnels and callers give up what is silent for so many seconds.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connector } from '@countersign/connector';
import type { ApprovalView } from '@countersign/wire';
import { Approver } from './approvals/approver.ts';
import { inPostgres, Replica } from './approvals/replica.ts';
import { changing, creating, deleting, making, type Sent } from './approvals/sent.ts';
import { type Answer, call } from './installation/call.ts';
import { AS_MUCH_AS_THERE_IS } from './installation/config-file.ts';
import { eventually } from './installation/eventually.ts';
import { noPostgres, Postgres } from './installation/postgres.ts';
import { startPromptConnector } from './installation/prompt-connector.ts';
import { StoreWire } from './installation/store-wire.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const HOLD_MS = 2_000;
/** After so long a caller comes back that was told to. */
const COME_BACK_MS = 2_000;
const COME_BACK = [429, 503];
/** Fifty callers in turns, on a machine that has others to serve. */
const PATIENCE_MS = 120_000;

const POLICIES = `
@id("works-in-demo")
permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");

@id("ask-writes")
@approval("approvers")
forbid (principal is Agent, action in [Action::"create", Action::"patch", Action::"delete"], resource);
`;

let postgres: Postgres;
let site: Installation;
let connector: Connector;
let replicas: readonly [Replica, Replica];
/** Of the crowd that came last: a test that failed has left it there. */
let leaveLast = async () => {};

async function startAll(): Promise<void> {
  postgres = await Postgres.start();
  const stores = [await StoreWire.to(postgres.port), await StoreWire.to(postgres.port)] as const;
  const clusters = { lab: ['countersign:workers'] };
  site = await startInstallation({
    clusters: { lab: { policies: POLICIES } },
    agents: { worker: { clusters, limits: AS_MUCH_AS_THERE_IS } },
    people: { grace: ['approvers'] },
    configure: (config) => ({
      ...inPostgres(config, stores[0].port),
      approvals: { holdMs: HOLD_MS },
      roles: { ...config.roles, approver: [{ issuer: 'provider', group: 'approvers' }] },
    }),
  });
  await site.connectors.get('lab')?.stop();
  replicas = [await Replica.first(site, stores[0]), await Replica.another(site, 'other', stores[1])];
  connector = await startPromptConnector(
    site,
    replicas.map(({ tunnel }) => `127.0.0.1:${tunnel.port}`),
  );
}

async function stopAll(): Promise<void> {
  await leaveLast();
  await connector?.close(0);
  await Promise.all((replicas ?? []).map((replica) => replica.stop()));
  await site?.stop();
  await postgres?.stop();
}

/** Fifty callers with one request, each at one gateway and the other by turns until it is told something final. */
interface Crowd {
  readonly name: string;
  readonly sent: Sent;
  readonly approval: ApprovalView;
  /** What those were told who were told something final. */
  readonly answers: readonly Answer[];
  /** What each of the others was told last. */
  readonly told: ReadonlyMap<number, string>;
  /** Goes away with those that still wait. */
  leave(): Promise<void>;
}

interface Asking extends Pick<Crowd, 'name' | 'sent'> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const METHODS = { patch: 'PATCH', create: 'POST', delete: 'DELETE' } as const;

async function ask(replica: Replica, { sent, headers: more, signal }: Asking): Promise<Answer> {
  const token = await site.token('worker');
  const body = JSON.stringify(sent.body);
  const length = String(Buffer.byteLength(body));
  const headers = { authorization: `Bearer ${token}`, 'content-length': length, ...sent.headers, ...more };
  const path = `/clusters/lab${CONFIG_MAPS}${sent.place}`;
  return replica.call({ method: METHODS[sent.verb], path, headers, body, signal });
}

async function given(name: string): Promise<void> {
  const object = { metadata: { name }, data: { tone: 'as it was' } };
  assert.equal((await site.lab('lab').admin.request('POST', CONFIG_MAPS, object)).status, 201);
}

async function gather(name: string, sent: Sent): Promise<Crowd> {
  for (const replica of replicas) await replica.hasConnector('lab');
  if (!sent.isMade) await given(name);
  const leaving = new AbortController();
  const answers: Answer[] = [];
  const told = new Map<number, string>();
  const toldToComeBack = new Set<Replica>();
  const noteFinal = (number: number, answer: Answer) => {
    told.delete(number);
    answers.push(answer);
  };
  const persist = async (number: number) => {
    for (let turn = number; !leaving.signal.aborted; turn += 1) {
      const replica = replicas[turn % 2 === 0 ? 0 : 1];
      const answer = await ask(replica, { name, sent, signal: leaving.signal }).catch(String);
      const isFinal = typeof answer !== 'string' && !COME_BACK.includes(answer.status);
      if (isFinal) return noteFinal(number, answer);
      told.set(number, typeof answer === 'string' ? answer : answer.text);
      if (typeof answer !== 'string') toldToComeBack.add(replica);
      await delay(COME_BACK_MS);
    }
    return undefined;
  };
  const over = Promise.all(Array.from({ length: sent.callers }, (_, number) => persist(number)));
  const leave = async () => {
    leaving.abort();
    await over;
  };
  leaveLast = leave;
  const grace = await Approver.of(replicas[0], 'grace');
  const approval = await eventually('it waits, at both gateways as often as it may', async () => {
    const open = await grace.list('open');
    return toldToComeBack.size === 2 ? open.find(({ effect }) => effect.summary.includes(` ${name} `)) : undefined;
  });
  return { name, sent, approval, answers, told, leave };
}

/** Has a person say yes, and returns the gateway of whose store a statement, or its answer, is kept back by then. */
async function approveAndCatch({ approval }: Crowd, ...what: Parameters<StoreWire['catch']>): Promise<Replica> {
  const caught = Promise.race(
    replicas.map(async (replica) => {
      await replica.store.catch(...what);
      return replica;
    }),
  );
  const grace = await Approver.of(replicas[0], 'grace');
  assert.equal((await grace.say('approve', approval, '')).status, 200);
  const replica = await caught;
  for (const other of replicas) if (other !== replica) other.store.release();
  return replica;
}

const isUseClaimed = (statement: string) => statement.includes('"step":{"type":"used"');
const isUseTaken = (statement: string) => statement.includes('"usedBy":"');
const isSettled = (statement: string) => statement.includes('delete from') && statement.includes('open-writes');

const otherThan = (replica: Replica) => (replica === replicas[0] ? replicas[1] : replicas[0]);

/** Ids of what the API server was asked to write, but for dry runs; or of what it answered so. */
async function writesOf({ name, sent }: Pick<Crowd, 'name' | 'sent'>, status?: number): Promise<readonly string[]> {
  const all = await site.audit('lab');
  const own = all.filter(({ verb, objectRef }) => verb === sent.verb && objectRef?.name === name);
  const meant = own.filter(({ requestURI }) => !requestURI.includes('dryRun=All'));
  const those = meant.filter(({ responseStatus }) => status === undefined || responseStatus?.code === status);
  return [...new Set(those.map(({ auditID }) => auditID))];
}

async function allAreTold({ answers, told, sent }: Crowd): Promise<void> {
  const isOver = () => answers.length === sent.callers;
  await eventually('all are told something final', isOver, 50, PATIENCE_MS).catch((error) => {
    throw new Error(`${error.message}; the others were last told ${[...new Set(told.values())].join('; ')}`);
  });
}

/** What gateways have on record of the use of an approval, by either: exchanges intended, and what became of each. */
async function recordedUses({ approval }: Crowd) {
  const all = (await Promise.all(replicas.map((replica) => replica.records()))).flat();
  const intents = all.filter((record) => record.type === 'intent' && record.approval === approval.id);
  return intents.map((intent) => {
    const exchange = 'exchange' in intent ? (intent.exchange ?? '') : '';
    const outcome = all.find((record) => record.type === 'outcome' && record.exchange === exchange);
    return { exchange, result: outcome?.type === 'outcome' ? outcome.result : undefined };
  });
}

/** What the same request is told that does not wait: the code of its fault. */
async function told(
  replica: Replica,
  { name, sent }: Crowd,
): Promise<{ readonly code: string; readonly text: string }> {
  await replica.hasConnector('lab');
  const { json, text } = await ask(replica, { name, sent, headers: { 'countersign-wait': 'none' } });
  return { code: json.details.causes[0].reason, text };
}

/** What its agent is told at a gateway of what became of an exchange; undefined where it is not known there. */
async function stateOf(replica: Replica, exchange: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${await site.token('worker')}` };
  const url = `${replica.control}/api/v1/exchanges/${exchange}`;
  const { status, json } = await call({ method: 'GET', url, ca: await readFile(replica.caFile, 'utf8'), headers });
  return status === 200 ? json.state : undefined;
}

/** What kubectl prints of what the same request is told at a gateway. */
async function toldKubectl(replica: Replica, { sent }: Crowd): Promise<string> {
  const at = `--server=${replica.data}/clusters/lab`;
  const { code, stderr } = await site.as('worker').kubectl(at, ...(await sent.kubectl(site)));
  assert.equal(code, 1, stderr);
  return stderr;
}

async function assertToldUnknown(replica: Replica, crowd: Crowd, exchange: string): Promise<void> {
  const { code, text } = await told(replica, crowd);
  assert.equal(code, 'ERR_OUTCOME_UNKNOWN', text);
  assert.match(text, new RegExp(exchange));
  const printed = await toldKubectl(replica, crowd);
  assert.match(
    printed,
    new RegExp(`it is unknown whether it was carried out.*${exchange}`),
    'kubectl sends the same, and prints what it is told',
  );
}

/**
 * What the same request is told once it is known that it was done. Of the crowd somebody may have asked anew between the use
 * and the intent of the one that did it: of what can be done once, a second yes makes no second write.
 */
async function assertToldDone(replica: Replica, crowd: Crowd): Promise<void> {
  const { name, sent } = crowd;
  const grace = await Approver.of(replica, 'grace');
  const isTheirs = ({ state, effect }: ApprovalView) => state === 'pending' && effect.summary.includes(` ${name} `);
  const pending = sent.isOnce ? (await grace.list('open')).filter(isTheirs) : [];
  for (const approval of pending) assert.equal((await grace.say('approve', approval, '')).status, 200);
  const { code, text } = await told(replica, crowd);
  assert.equal(code, sent.afterwards.code, text);
  assert.match(text, sent.afterwards.text);
}

describe('of fifty that send one request to two gateways', { skip: noPostgres }, () => {
  before(startAll);
  after(stopAll);

  /** Lets the gateway go on that has used the approval up, with one way of its tunnel shut. */
  async function approveAndShut(crowd: Crowd, way: 'up' | 'down'): Promise<Replica> {
    const executing = await approveAndCatch(crowd, isUseTaken, 'answer');
    executing.tunnel.hold(way);
    executing.store.release();
    return executing;
  }

  /**
   * Kills a gateway once the other one knows that the write was intended, and what the agent is told there is that nobody
   * knows. All is asked of that one, as a tunnel that is shut is given up after ten seconds, and a command line is slow to
   * start.
   */
  async function killKnown(executing: Replica, { approval }: Crowd): Promise<void> {
    const other = otherThan(executing);
    const grace = await Approver.of(other, 'grace');
    await eventually('the other gateway knows of it', async () => {
      const used = (await grace.list('all')).find(({ id }) => id === approval.id);
      return used?.usedBy === undefined ? undefined : stateOf(other, used.usedBy);
    });
    await executing.kill();
  }

  async function assertUnknown(killed: Replica, crowd: Crowd, writes: number): Promise<void> {
    await allAreTold(crowd);
    const [use, ...more] = await recordedUses(crowd);
    const exchange = use?.exchange ?? '';
    await assertToldUnknown(otherThan(killed), crowd, exchange);
    await killed.start();
    await assertToldUnknown(killed, crowd, exchange);
    assert.deepEqual(
      [await stateOf(killed, exchange), await stateOf(otherThan(killed), exchange)],
      ['unknown', 'unknown'],
    );
    assert.deepEqual([await recordedUses(crowd), more], [[{ exchange, result: 'unknown' }], []]);
    assert.deepEqual(await writesOf(crowd), writes === 0 ? [] : [exchange]);
    assert.deepEqual(new Set(crowd.answers.map(({ status }) => status)), new Set([409]));
  }

  for (const [what, sentFor] of [
    ['changes', changing],
    ['makes', creating],
    ['deletes', deleting],
  ] as const) {
    const gatherFor = (name: string) => gather(`${what}-${name}`, sentFor(`${what}-${name}`));

    test(`one ${what} it after all, when the gateway is killed that had claimed its use`, async () => {
      const crowd = await gatherFor('claimed');
      const killed = await approveAndCatch(crowd, isUseClaimed, 'answer');
      await killed.kill();
      assert.deepEqual([await writesOf(crowd), await recordedUses(crowd)], [[], []]);
      await killed.start();
      const isDone = ({ status }: Answer) => status === crowd.sent.status;
      const done = await eventually('one goes through', () => crowd.answers.find(isDone), 50, PATIENCE_MS);
      await crowd.leave();
      for (const replica of replicas) {
        await eventually('both know that it is done', async () => (await stateOf(replica, done.id)) === 'done');
        await replica.hasConnector('lab');
        await assertToldDone(replica, crowd);
      }
      assert.deepEqual(await writesOf(crowd), [done.id]);
      assert.deepEqual(await recordedUses(crowd), [{ exchange: done.id, result: 'done' }]);
      assert.equal(crowd.answers.filter(isDone).length, 1);
    });

    test(`none ${what} it, when the gateway is killed that had used the approval up`, async () => {
      const crowd = await gatherFor('used');
      const killed = await approveAndCatch(crowd, isUseTaken, 'answer');
      await killed.kill();
      assert.equal((await told(otherThan(killed), crowd)).code, 'ERR_APPROVAL_REQUIRED', 'it asks anew');
      await killed.start();
      assert.equal((await told(killed, crowd)).code, 'ERR_APPROVAL_REQUIRED');
      await crowd.leave();
      assert.deepEqual([await writesOf(crowd), await recordedUses(crowd)], [[], []]);
    });

    test(`none is told that it ${what} it, when the gateway is killed that had its intent on record`, async () => {
      const crowd = await gatherFor('intended');
      const executing = await approveAndShut(crowd, 'down');
      await killKnown(executing, crowd);
      await assertUnknown(executing, crowd, 0);
    });

    test(`none ${what} it again, when the gateway is killed that had forwarded it`, async () => {
      const crowd = await gatherFor('forwarded');
      const executing = await approveAndShut(crowd, 'up');
      const isAnswered = async () => (await writesOf(crowd, crowd.sent.status)).length > 0;
      await eventually('the API server has answered', isAnswered);
      await killKnown(executing, crowd);
      await assertUnknown(executing, crowd, 1);
    });

    test(`none ${what} it again, when the gateway is killed that had its outcome on record`, async () => {
      const crowd = await gatherFor('recorded');
      const killed = await approveAndCatch(crowd, isSettled, 'statement');
      await killed.kill();
      await allAreTold(crowd);
      const [use] = await recordedUses(crowd);
      const exchange = use?.exchange ?? '';
      await assertToldUnknown(otherThan(killed), crowd, exchange);
      await killed.start();
      await assertToldDone(killed, crowd);
      assert.equal(await stateOf(killed, exchange), 'done', 'its log knows');
      assert.deepEqual(await recordedUses(crowd), [{ exchange, result: 'done' }]);
      assert.deepEqual(await writesOf(crowd), [exchange]);
      assert.deepEqual(new Set(crowd.answers.map(({ status }) => status)), new Set([409]));
    });
  }

  test('none makes it again, when the gateway is killed that had forwarded what made it', async () => {
    const crowd = await gather('made', making('made'));
    const executing = await approveAndShut(crowd, 'up');
    await eventually('the API server has answered', async () => (await writesOf(crowd, 201)).length > 0);
    await killKnown(executing, crowd);
    await assertUnknown(executing, crowd, 1);
  });

  test('both logs are whole', async () => {
    for (const replica of replicas) assert.match(await replica.verify(), /VERIFIED/);
  });
});
