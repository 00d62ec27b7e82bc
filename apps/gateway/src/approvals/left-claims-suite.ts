// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Store } from '../store/store.ts';
import { signatureOf } from './approval-fixture.ts';
import { EXCHANGE, saying, TestRegisters } from './registers-for-tests.ts';

const DENIAL_STANDS_MS = 60_000;
const STALE_MS = 31_000;
const denial = { type: 'denied', signature: signatureOf('grace') } as const;
const use = { type: 'used', exchange: EXCHANGE } as const;

let site: TestRegisters;

/** An approval that a gateway was asked for. */
async function given(gateway = 0) {
  const digest = site.freshDigest();
  const { id } = await site.asked(site.register(gateway), digest);
  return { id, digest };
}

/** What a gateway leaves of a step when it dies between the claim, the record and the step itself, in any store. */
export function leftClaimsSuite(name: string, openStore: (dir: string) => Promise<Store>): void {
  describe(`a claim that is left on an approval: ${name}`, () => {
    beforeEach(async () => {
      site = await TestRegisters.open(openStore);
    });
    afterEach(() => site.close());
    isSettledAtTheStart();
    isPassedOver();
    isNotWaitedFor();
    isSeenThrough();
    isSeenThroughByOthers();
  });
}

/** By the gateway that left it, and by no other. */
function isSettledAtTheStart(): void {
  it('is taken at the start where it was recorded before a crash', async () => {
    const { id, digest } = await given();
    await assert.rejects(site.register(0, site.dyingAt(2)).say(id, saying('grace', digest)), /died/);
    assert.deepEqual(site.typesOf(id), ['approval.asked', 'approval.approved']);
    assert.equal((await site.store.approvals.get(id))?.value.state, 'pending');
    const again = await site.restarted();
    assert.equal((await again.get(id))?.value.state, 'approved');
    await assert.rejects(site.isUsed(site.register(0, site.dyingAt(2)), id, digest), /died/);
    const then = await site.restarted();
    assert.equal((await then.get(id))?.value.state, 'used');
    assert.equal(await site.isUsed(then, id, digest), false);
  });

  it('is forgotten at the start where a crash kept it from the record', async () => {
    const { id } = await given();
    await site.leaveClaim(0, id, { type: 'approved', signature: signatureOf('grace') });
    const again = await site.restarted();
    assert.equal((await again.get(id))?.value.state, 'pending');
    assert.equal((await site.store.approvals.get(id))?.value.claim, undefined);
  });

  it('is not that of another gateway which starts, whatever both are called', async () => {
    const { id } = await given();
    await site.leaveClaim(0, id, denial);
    await site.restarted(1);
    assert.equal((await site.store.approvals.get(id))?.value.claim?.transition, EXCHANGE);
    assert.deepEqual(site.typesOf(id), ['approval.asked']);
  });
}

/** By who comes 30 seconds later. */
function isPassedOver(): void {
  it('has no effect when others have gone on without its gateway', async () => {
    const { id, digest } = await given();
    await site.leaveClaim(1, id, use);
    site.nowMs += STALE_MS;
    assert.notEqual(typeof (await site.register().say(id, saying('grace', digest))), 'string');
    const other = site.register(1);
    await other.reconcile(async () => new Set([EXCHANGE]));
    assert.equal((await other.get(id))?.value.state, 'approved');
  });

  it('is passed over where a clock ran ahead, and keeps no other approval from its end', async () => {
    const one = site.register();
    const [first, second] = [await given(), await given()];
    await site.leaveClaim(1, first.id, use, site.nowMs + 3_600_000);
    assert.equal((await one.get(first.id))?.value.state, 'pending');
    // The one that is being changed all the time does not keep another from its end.
    site.nowMs += 60_000;
    await site.leaveClaim(1, first.id, use);
    await assert.rejects(one.expireDue(), /being changed all the time/);
    assert.equal((await site.store.approvals.get(second.id))?.value.state, 'expired');
  });

  it('is let go of by who joins the approval, which still has its end', async () => {
    const { id, digest } = await given();
    await site.leaveClaim(1, id, use);
    site.nowMs += STALE_MS;
    const joined = await site.asked(site.register(), digest);
    assert.deepEqual([joined.id, joined.value.claim], [id, undefined]);
    site.nowMs += STALE_MS;
    const { items } = await site.register().open({ after: '', limit: 10 });
    assert.deepEqual(items, [], 'what is due is no longer open');
    await site.register().expireDue();
    assert.deepEqual(site.typesOf(id), ['approval.asked', 'approval.expired']);
  });
}

/** By who only looks. */
function isNotWaitedFor(): void {
  it('keeps nobody from looking, nor an agent from its plans, and has no effect by that; who takes a step waits', async () => {
    const digest = site.freshDigest();
    const { id } = await site.asked(site.register(), digest, { members: [] });
    const { approvals } = site.store;
    let reads = 0;
    const get: typeof approvals.get = (wanted) => {
      reads += 1;
      return approvals.get(wanted);
    };
    const one = site.register(0, { ...site.store, approvals: { ...approvals, get } });
    const steps = [use, denial, { type: 'expired' }, { type: 'approved', signature: signatureOf('alan') }] as const;
    for (const step of steps) {
      await site.leaveClaim(1, id, step);
      assert.equal((await one.shown(id))?.value.state, 'pending', step.type);
      assert.deepEqual(
        (await one.plansOf('worker')).map((plan) => plan.id),
        [id],
      );
      assert.equal(await one.hasRoomForPlan('worker'), true);
    }
    assert.equal(reads, 3 * steps.length, 'it is read once for each');
    await assert.rejects(one.say(id, saying('grace', digest)), /being changed all the time/);
    assert.equal((await approvals.get(id))?.value.claim?.step.type, 'approved', 'it is still theirs');
  });

  it('is not shown where there is none, nor one that is due', async () => {
    const { id } = await given();
    site.nowMs += 60_000;
    assert.equal((await site.register().shown(id))?.value.state, 'expired');
    const begun = await given();
    await site.leaveClaim(1, begun.id, { type: 'asked' });
    assert.equal(await site.register().shown(begun.id), undefined);
  });
}

/** Where it is a no. */
function isSeenThrough(): void {
  it('is seen through where it is a no on record, so that no yes passes it over', async () => {
    const { id, digest } = await given();
    await assert.rejects(site.register(0, site.dyingAt(2)).say(id, saying('grace', digest, 'deny')), /died/);
    site.nowMs += STALE_MS;
    const other = site.register(1);
    assert.equal(await other.say(id, saying('alan', digest)), 'ERR_APPROVAL_STATE');
    const { value } = (await other.get(id)) ?? assert.fail();
    assert.deepEqual([value.state, value.endedBy?.by.subject], ['denied', 'grace']);
    // Both logs tell of it, under one name.
    const denials = site.recorded.filter((record) => record.type === 'approval.denied');
    assert.equal(denials.length, 2);
    assert.equal(new Set(denials.map((record) => 'transition' in record && record.transition)).size, 1);
  });

  it('is seen through where a yes was taken back, so that it is not used', async () => {
    const { id, digest } = await given();
    await site.register().say(id, saying('alan', digest));
    await assert.rejects(site.register(0, site.dyingAt(2)).say(id, saying('grace', digest, 'withdraw')), /died/);
    site.nowMs += STALE_MS;
    assert.equal(await site.isUsed(site.register(1), id, digest), false);
    assert.equal((await site.store.approvals.get(id))?.value.state, 'withdrawn');
  });

  it('is seen through where it is a no that nobody recorded, at the start, and once by all who find it', async () => {
    const first = await given();
    await site.leaveClaim(0, first.id, denial);
    await site.restarted();
    assert.equal((await site.store.approvals.get(first.id))?.value.state, 'denied');
    const second = await given();
    await site.leaveClaim(0, second.id, denial);
    site.nowMs += STALE_MS;
    const both = [site.register(0), site.register(1)];
    const found = await Promise.all(Array.from({ length: 10 }, (_, at) => both[at % 2]?.get(second.id)));
    assert.deepEqual([...new Set(found.map((one) => one?.value.state))], ['denied']);
    for (const { id } of [first, second]) assert.deepEqual(site.typesOf(id), ['approval.asked', 'approval.denied']);
    assert.equal((await site.asked(site.register(), second.digest)).id, second.id, 'it is told for a while');
    site.nowMs += DENIAL_STANDS_MS;
    assert.notEqual((await site.asked(site.register(), second.digest)).id, second.id);
  });
}

/** Where somebody else is at it too. */
function isSeenThroughByOthers(): void {
  it('stays where it is a no whose finder dies too: nobody goes on meanwhile, and the next one finds it', async () => {
    const { id, digest } = await given();
    await site.leaveClaim(0, id, denial);
    site.nowMs += STALE_MS;
    await assert.rejects(site.register(1, site.dyingAt(2)).get(id), /died/);
    assert.equal((await site.store.approvals.get(id))?.value.claim?.transition, EXCHANGE);
    await assert.rejects(site.register().say(id, saying('alan', digest)), /being changed all the time/);
    site.nowMs += STALE_MS;
    assert.equal(await site.register().say(id, saying('alan', digest)), 'ERR_APPROVAL_STATE');
  });

  it('is that of a no which others have seen through: who said it is told so', async () => {
    const { id, digest } = await given();
    // The other gateway comes between the record and the step.
    const between = site.dyingAt(Number.POSITIVE_INFINITY);
    const { approvals } = between;
    let changes = 0;
    const slow = {
      ...approvals,
      replace: async (...change: Parameters<typeof approvals.replace>) => {
        changes += 1;
        if (changes === 2) {
          site.nowMs += STALE_MS;
          await site.register(1).get(id);
        }
        return approvals.replace(...change);
      },
    };
    const said = await site.register(0, { ...between, approvals: slow }).say(id, saying('grace', digest, 'deny'));
    assert.ok(typeof said === 'object');
    assert.equal(said.value.state, 'denied');
  });
}
