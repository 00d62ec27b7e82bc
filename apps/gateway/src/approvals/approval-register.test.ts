// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { type DiskLog, openDiskLog } from '../log/disk-log.ts';
import { logPlace } from '../log/log-for-tests.ts';
import { observedLog } from '../log/observed-log.ts';
import { transitionsOnRecord } from '../log/transitions-on-record.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Collection, Store } from '../store/store.ts';
import type { ApprovalDocument } from './approval.ts';
import { askingFor, signatureOf } from './approval-fixture.ts';
import { ApprovalRegister } from './approval-register.ts';
import type { Approval, ApprovalRecord } from './transitions.ts';

const MAX_OPEN = 32;
const BEGUN = Date.parse('2026-01-01T00:00:00Z');
const EXCHANGE = 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0003';

let dir: string;
let store: Store;
/** Of two gateways on one store. */
const logs: DiskLog[] = [];
const recorded: LogRecord[] = [];
let nowMs = BEGUN;
let digests = 0;

/** Digests that no other test has asked for. */
function freshDigest(): string {
  digests += 1;
  return digests.toString(16).padStart(64, '0');
}

const now = () => new Date(nowMs);

function register(gateway = 0, over: Store = store): ApprovalRegister {
  const log = observedLog(logs[gateway] as DiskLog, (records) => recorded.push(...records));
  return new ApprovalRegister({ store: over, log, gateway: `gateway-${gateway}`, maxOpenOfAgent: () => MAX_OPEN, now });
}

function recordOf(approval: string, { digest, exchange }: ApprovalDocument): ApprovalRecord {
  const expiresAt = '2026-01-01T00:01:00.000000Z';
  return { type: 'approval.asked', approval, exchange, digest, rules: [], groups: [], expiresAt };
}

async function asked(by: ApprovalRegister, digest: string, more = {}): Promise<Approval> {
  return (await by.ask(askingFor(digest, more), recordOf)) ?? assert.fail('there are too many');
}

const saying = (person: string, digest: string, kind: 'approve' | 'deny' = 'approve') =>
  ({ kind, digest, unseen: 0, signature: signatureOf(person) }) as const;

const used = (approval: string, digest: string) =>
  ({ type: 'approval.used', approval, exchange: EXCHANGE, digest }) as const;

const typesOf = (approval: string) =>
  recorded.flatMap((record) => ('approval' in record && record.approval === approval ? [record.type] : []));

describe('the register of approvals', () => {
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'countersign-approvals-'));
    store = await openSqliteStore(join(dir, 'state.db'));
    for (const gateway of ['a', 'b']) logs.push(await openDiskLog(await logPlace(join(dir, gateway))));
  });
  after(async () => {
    await store.close();
    for (const log of logs) await log.close();
    await rm(dir, { recursive: true });
  });
  beforeEach(() => {
    nowMs = BEGUN;
    recorded.length = 0;
  });

  it('has one open approval of a request, whoever asks how often at once', async () => {
    const [one, other] = [register(0), register(1)];
    const digest = freshDigest();
    const all = await Promise.all(Array.from({ length: 20 }, (_, at) => asked(at % 2 === 0 ? one : other, digest)));
    const [first] = all;
    assert.equal(new Set(all.map(({ id }) => id)).size, 1);
    assert.deepEqual(typesOf(first?.id ?? ''), ['approval.asked']);
    assert.equal(recorded.length, 1, 'who lost the race left no record');
  });

  it('lets one exchange use it, at whichever gateway, and nothing is on record of the others', async () => {
    const both = [register(0), register(1)];
    const digest = freshDigest();
    const { id } = await asked(both[0] as ApprovalRegister, digest);
    assert.equal(await both[1]?.use(id, EXCHANGE, used(id, digest)), false, 'not before it is approved');
    await both[1]?.say(id, saying('grace', digest));
    const uses = await Promise.all(
      Array.from({ length: 20 }, (_, at) => both[at % 2]?.use(id, EXCHANGE, used(id, digest))),
    );
    assert.equal(uses.filter(Boolean).length, 1);
    assert.deepEqual(typesOf(id), ['approval.asked', 'approval.approved', 'approval.used']);
    const again = await asked(both[0] as ApprovalRegister, digest);
    assert.notEqual(again.id, id);
    assert.equal(again.value.state, 'pending');
  });

  it('takes one of two verdicts that come at once', async () => {
    const both = [register(0), register(1)];
    const digest = freshDigest();
    const { id } = await asked(both[0] as ApprovalRegister, digest);
    const said = await Promise.all([
      both[0]?.say(id, saying('grace', digest)),
      both[1]?.say(id, saying('alan', digest, 'deny')),
    ]);
    assert.equal(said.filter((one) => one === 'ERR_APPROVAL_STATE').length, 1);
    assert.equal(typesOf(id).length, 2);
  });

  it('tells who waits, at its own gateway at once and at another one soon', async () => {
    const both = [register(0), register(1)];
    const digest = freshDigest();
    const { id } = await asked(both[0] as ApprovalRegister, digest);
    const { signal } = new AbortController();
    const waiting = both.map((one) => one.decided(id, 10_000, signal));
    await both[0]?.say(id, saying('grace', digest));
    for (const { value } of await Promise.all(waiting)) assert.equal(value.state, 'approved');
    const gone = new AbortController();
    const other = await asked(both[0] as ApprovalRegister, freshDigest());
    const left = both[0]?.decided(other.id, 10_000, gone.signal);
    gone.abort(new TypeError('gone'));
    await assert.rejects(left ?? Promise.resolve(), /gone/);
    assert.equal((await both[0]?.decided(other.id, 0, signal))?.value.state, 'pending');
  });

  it('ends what is due, approved or not, once and on record', async () => {
    const [one] = [register(0)];
    const [digest, other] = [freshDigest(), freshDigest()];
    const { id } = await asked(one, digest);
    const approved = await asked(one, other);
    await one.say(approved.id, saying('grace', other));
    nowMs += 60_000;
    await Promise.all([one.expireDue(), one.expireDue(), register(1).expireDue()]);
    for (const ended of [id, approved.id]) {
      assert.equal((await one.get(ended))?.value.state, 'expired');
      assert.equal(typesOf(ended).filter((type) => type === 'approval.expired').length, 1);
    }
    assert.equal(await one.use(approved.id, EXCHANGE, used(approved.id, other)), false);
  });

  it('forgets what ended a week ago, and nothing else', async () => {
    const one = register(0);
    const { id } = await asked(one, freshDigest());
    nowMs += 60_000;
    await one.expireDue();
    nowMs += 7 * 24 * 3_600_000;
    const { id: later } = await asked(one, freshDigest());
    await one.forgetOld();
    assert.notEqual(await one.get(id), undefined);
    nowMs += 1;
    await one.forgetOld();
    assert.equal(await one.get(id), undefined);
    assert.equal((await one.get(later))?.value.state, 'pending');
  });

  it('gives one agent so many and no more', async () => {
    const one = register(0);
    const requester = { ...askingFor('').requester, id: 'greedy' };
    const asking = Array.from({ length: MAX_OPEN + 5 }, () =>
      one.ask(askingFor(freshDigest(), { requester }), recordOf),
    );
    const got = await Promise.all(asking);
    assert.equal(got.filter((approval) => approval !== undefined).length, MAX_OPEN);
    const [first] = got;
    assert.equal((await asked(one, first?.value.digest ?? '', { requester })).id, first?.id, 'what is there is joined');
  });

  /** A store that fails at the nth change of an approval from now on, as it does for a process that has died. */
  function dyingAt(change: number): Store {
    let left = change;
    const alive = () => {
      left -= 1;
      if (left <= 0) throw new TypeError('died');
      return store.approvals;
    };
    const { approvals } = store;
    const dying: Collection<ApprovalDocument> = {
      get: (id) => approvals.get(id),
      list: (page) => approvals.list(page),
      insert: async (id, value) => alive().insert(id, value),
      replace: async (id, version, value) => alive().replace(id, version, value),
      remove: async (id, version) => alive().remove(id, version),
    };
    return { ...store, approvals: dying };
  }

  async function reconciled(): Promise<ApprovalRegister> {
    const again = register(0);
    const dirOf = logs[0]?.dir ?? '';
    await again.reconcile((transitions) => transitionsOnRecord(dirOf, transitions));
    return again;
  }

  it('takes at the start what was recorded before a crash', async () => {
    const digest = freshDigest();
    const { id } = await asked(register(0), digest);
    await assert.rejects(register(0, dyingAt(2)).say(id, saying('grace', digest)), /died/);
    assert.deepEqual(typesOf(id), ['approval.asked', 'approval.approved']);
    assert.equal((await store.approvals.get(id))?.value.state, 'pending');
    const again = await reconciled();
    assert.equal((await again.get(id))?.value.state, 'approved');
    await assert.rejects(register(0, dyingAt(2)).use(id, EXCHANGE, used(id, digest)), /died/);
    const then = await reconciled();
    assert.equal((await then.get(id))?.value.state, 'used');
    assert.equal(await then.use(id, EXCHANGE, used(id, digest)), false);
  });

  it('forgets at the start what a crash kept from the record', async () => {
    const digest = freshDigest();
    const one = register(0);
    const { id, version, value } = await asked(one, digest);
    const step = { type: 'approved', signature: signatureOf('grace') } as const;
    const claim = { step, transition: EXCHANGE, gateway: 'gateway-0', at: new Date(nowMs).toISOString() };
    await store.approvals.replace(id, version, { ...value, claim });
    const again = await reconciled();
    assert.equal((await again.get(id))?.value.state, 'pending');
    assert.equal((await store.approvals.get(id))?.value.claim, undefined);
  });

  it('goes on without a gateway that is gone, whose claim then has no effect', async () => {
    const digest = freshDigest();
    const [one, other] = [register(0), register(1)];
    const { id, version, value } = await asked(one, digest);
    const step = { type: 'used', exchange: EXCHANGE } as const;
    const claim = { step, transition: EXCHANGE, gateway: 'gateway-1', at: new Date(nowMs).toISOString() };
    await store.approvals.replace(id, version, { ...value, claim });
    nowMs += 31_000;
    assert.notEqual(typeof (await one.say(id, saying('grace', digest))), 'string');
    await other.reconcile(async () => new Set([EXCHANGE]));
    assert.equal((await other.get(id))?.value.state, 'approved');
  });

  it('goes on without a gateway that is gone and whose clock ran ahead, and ends the others meanwhile', async () => {
    const one = register(0);
    const [first, second] = [await asked(one, freshDigest()), await asked(one, freshDigest())];
    const step = { type: 'used', exchange: EXCHANGE } as const;
    const claimedAt = async ({ id, version, value }: Approval, ms: number) => {
      const claim = { step, transition: EXCHANGE, gateway: 'gateway-1', at: new Date(ms).toISOString() };
      await store.approvals.replace(id, version, { ...value, claim });
    };
    await claimedAt(first, BEGUN + 3_600_000);
    assert.equal((await one.get(first.id))?.value.state, 'pending');
    // The one that is being changed all the time does not keep another from its end.
    nowMs += 60_000;
    const now = await store.approvals.get(first.id);
    await claimedAt(now ?? assert.fail(), nowMs);
    await assert.rejects(one.expireDue(), /being changed all the time/);
    assert.equal((await store.approvals.get(second.id))?.value.state, 'expired');
  });
});
