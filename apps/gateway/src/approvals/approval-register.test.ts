// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { askingFor, HMAC, signatureOf, VOUCH } from './approval-fixture.ts';
import type { ApprovalPage, ApprovalRegister } from './approval-register.ts';
import { placeOf } from './open-pointers.ts';
import { BEGUN, EXCHANGE, LIMITS, recordOf, saying, TestRegisters, used } from './registers-for-tests.ts';

async function openOf(register: ApprovalRegister): Promise<readonly string[]> {
  return (await register.open({ after: '', limit: 1_000 })).items.map(({ id }) => id);
}

describe('the register of approvals', () => {
  let site: TestRegisters;
  before(async () => {
    site = await TestRegisters.open();
  });
  after(() => site.close());
  beforeEach(() => site.reset());

  it('has one open approval of a request, whoever asks how often at once', async () => {
    const [one, other] = [site.register(0), site.register(1)];
    const digest = site.freshDigest();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => site.asked(at % 2 === 0 ? one : other, digest)),
    );
    const [first] = all;
    assert.equal(new Set(all.map(({ id }) => id)).size, 1);
    assert.deepEqual(site.typesOf(first?.id ?? ''), ['approval.asked']);
    assert.equal(site.recorded.length, 1, 'who lost the race left no record');
  });

  it('lets one exchange use it, at whichever gateway, and nothing is on record of the others', async () => {
    const both = [site.register(0), site.register(1)];
    const digest = site.freshDigest();
    const { id } = await site.asked(both[0] as ApprovalRegister, digest);
    assert.equal(await site.isUsed(both[1] ?? assert.fail(), id, digest), false, 'not before it is approved');
    await both[1]?.say(id, saying('grace', digest));
    const uses = await Promise.all(
      Array.from({ length: 20 }, (_, at) => site.isUsed(both[at % 2] ?? assert.fail(), id, digest)),
    );
    assert.equal(uses.filter(Boolean).length, 1);
    assert.deepEqual(site.typesOf(id), ['approval.asked', 'approval.approved', 'approval.used']);
    const again = await site.asked(both[0] as ApprovalRegister, digest);
    assert.notEqual(again.id, id);
    assert.equal(again.value.state, 'pending');
  });

  it('begins no more plans of an agent than it may have, however many it asks for at once', async () => {
    const register = site.register();
    const requester = { ...askingFor('').requester, id: 'planner' };
    const asked = await Promise.all(
      Array.from({ length: 6 }, () => {
        const asking = askingFor(site.freshDigest(), { requester, members: [] });
        return register.ask(asking, { leave: () => undefined }, recordOf);
      }),
    );
    const states = asked.map((one) => (typeof one === 'string' ? one : one.value.state));
    assert.deepEqual(states.sort(), ['open', 'open', 'pending', 'pending', 'pending', 'pending']);
  });

  it('lists those that are open page by page, of one agent or of all, and reads no others', async () => {
    const register = site.register();
    const requesterOf = (id: string) => ({ ...askingFor('').requester, id });
    const own: string[] = [];
    for (const agent of ['lister', 'lister-2', 'lister', 'other', 'lister']) {
      const { id } = await site.asked(register, site.freshDigest(), { requester: requesterOf(agent) });
      if (agent === 'lister') own.push(id);
      site.nowMs += 1;
    }
    let reads = 0;
    const { approvals } = site.store;
    const get: typeof approvals.get = (id) => {
      reads += 1;
      return approvals.get(id);
    };
    const counting = site.register(0, { ...site.store, approvals: { ...approvals, get } });
    const pages: string[][] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const { items, next }: ApprovalPage = await counting.open({ after, limit: 2, agent: 'lister' });
      pages.push(items.map(({ id }) => id));
      after = next;
    }
    assert.deepEqual(pages, [own.slice(0, 2), own.slice(2)]);
    assert.equal(reads, 3);
    const first = await counting.open({ after: own[0] ?? '', limit: 2 });
    assert.equal(first.items.length, 2);
    assert.equal(reads, 5);
    await counting.plansOf('lister');
    await counting.admit('lister', 'request');
    assert.equal(reads, 5);
  });

  it('reads where all stand once for all who ask at once, and anew for who asks later', async () => {
    const { openApprovals } = site.store;
    let lists = 0;
    const list: typeof openApprovals.list = (page) => {
      lists += 1;
      return openApprovals.list(page);
    };
    const register = site.register(0, { ...site.store, openApprovals: { ...openApprovals, list } });
    await register.openIds();
    const alone = lists;
    await Promise.all(Array.from({ length: 50 }, () => register.openIds()));
    assert.ok(lists <= alone * 3, `${lists} reads`);
    const { id } = await site.asked(register, site.freshDigest());
    assert.ok((await register.openIds()).includes(id));
  });

  it('takes one of two verdicts that come at once', async () => {
    const both = [site.register(0), site.register(1)];
    const digest = site.freshDigest();
    const { id } = await site.asked(both[0] as ApprovalRegister, digest);
    const said = await Promise.all([
      both[0]?.say(id, saying('grace', digest)),
      both[1]?.say(id, saying('alan', digest, 'deny')),
    ]);
    assert.equal(said.filter((one) => one === 'ERR_APPROVAL_STATE').length, 1);
    assert.equal(site.typesOf(id).length, 2);
  });

  it('tells a no for a minute to whoever comes back for it, and is asked anew after that', async () => {
    const both = [site.register(0), site.register(1)] as const;
    const digest = site.freshDigest();
    const { id } = await site.asked(both[0], digest);
    await both[0].say(id, saying('grace', digest, 'deny'));
    site.nowMs += 59_999;
    await both[0].expireDue();
    for (const one of both) {
      const { value, ...again } = await site.asked(one, digest);
      assert.deepEqual([again.id, value.state], [id, 'denied']);
      assert.ok((await openOf(one)).every((open) => open !== id));
    }
    site.nowMs += 1;
    await both[1].expireDue();
    assert.equal(await site.store.openApprovals.get(placeOf('worker', digest)), undefined);
    const { value, ...anew } = await site.asked(both[1], digest);
    assert.notEqual(anew.id, id);
    assert.equal(value.state, 'pending');
  });

  it('tells who waits, at its own gateway at once and at another one soon', async () => {
    const both = [site.register(0), site.register(1)];
    const digest = site.freshDigest();
    const { id } = await site.asked(both[0] as ApprovalRegister, digest);
    const { signal } = new AbortController();
    const waiting = both.map((one) => one.decided(id, 10_000, signal));
    await both[0]?.say(id, saying('grace', digest));
    for (const { value } of await Promise.all(waiting)) assert.equal(value.state, 'approved');
    const gone = new AbortController();
    const other = await site.asked(both[0] as ApprovalRegister, site.freshDigest());
    const left = both[0]?.decided(other.id, 10_000, gone.signal);
    gone.abort(new TypeError('gone'));
    await assert.rejects(left ?? Promise.resolve(), /gone/);
    assert.equal((await both[0]?.decided(other.id, 0, signal))?.value.state, 'pending');
  });

  it('ends what is due, approved or not, once and on record', async () => {
    const [one] = [site.register(0)];
    const [digest, other] = [site.freshDigest(), site.freshDigest()];
    const { id } = await site.asked(one, digest);
    const approved = await site.asked(one, other);
    await one.say(approved.id, saying('grace', other));
    site.nowMs += 60_000;
    await Promise.all([one.expireDue(), one.expireDue(), site.register(1).expireDue()]);
    for (const ended of [id, approved.id]) {
      assert.equal((await one.get(ended))?.value.state, 'expired');
      assert.equal(site.typesOf(ended).filter((type) => type === 'approval.expired').length, 1);
    }
    assert.equal(await site.isUsed(one, approved.id, other), false);
  });

  it('forgets what can have ended only a week ago or before, and nothing else', async () => {
    const one = site.register(0);
    const { id } = await site.asked(one, site.freshDigest());
    site.nowMs += 60_000;
    await one.expireDue();
    site.nowMs = BEGUN + 8 * 24 * 3_600_000;
    const { id: later } = await site.asked(one, site.freshDigest());
    await one.forgetOld();
    assert.notEqual(await one.get(id), undefined);
    site.nowMs += 1;
    await one.forgetOld();
    assert.equal(await one.get(id), undefined);
    assert.equal((await one.get(later))?.value.state, 'pending');
  });

  it('gives one agent so many and no more', async () => {
    const one = site.register(0);
    const requester = { ...askingFor('').requester, id: 'greedy' };
    const asking = Array.from({ length: LIMITS.maxOpenOfAgent + 5 }, () =>
      one.ask(askingFor(site.freshDigest(), { requester }), { leave: () => undefined }, recordOf),
    );
    const got = await Promise.all(asking);
    const begun = got.filter((one) => typeof one !== 'string');
    assert.equal(begun.length, LIMITS.maxOpenOfAgent);
    assert.deepEqual([...new Set(got.filter((one) => typeof one === 'string'))], ['open']);
    const [first] = begun;
    const again = await site.asked(one, first?.value.digest ?? '', { requester });
    assert.equal(again.id, first?.id, 'what is there is joined');
  });

  it('lets nothing through that the store alone says is approved', async () => {
    const one = site.register();
    const digest = site.freshDigest();
    const { id, version, value } = await site.asked(one, digest);
    assert.ok(await site.store.approvals.replace(id, version, { ...value, state: 'approved' }));
    const refused = await one.use(id, EXCHANGE, askingFor(digest), used(id, digest));
    assert.deepEqual(refused, { flaw: 'not all who must have countersigned it' });
    assert.deepEqual(site.typesOf(id), ['approval.asked']);
  });

  it('lets nothing through by signatures that nobody gave to a gateway', async () => {
    const one = site.register();
    const [digest, other] = [site.freshDigest(), site.freshDigest()];
    const { id } = await site.asked(one, digest);
    const signed = await one.say((await site.asked(one, other)).id, saying('grace', other));
    assert.ok(typeof signed === 'object');
    for (const signatures of [[signatureOf('grace')], signed.value.signatures]) {
      const { version, value } = (await site.store.approvals.get(id)) ?? assert.fail();
      assert.ok(await site.store.approvals.replace(id, version, { ...value, state: 'approved', signatures }));
      const refused = await one.use(id, EXCHANGE, askingFor(digest), used(id, digest));
      assert.deepEqual(refused, { flaw: 'nobody gave it a signature that stands under it' });
    }
    assert.ok(await site.isUsed(site.register(1), signed.id, other), 'what was given at one counts at the other');
  });

  it('asks anew for what was asked under another key of the store, and lets it through by none of that', async () => {
    const digest = site.freshDigest();
    const before = site.register();
    const { id } = await site.asked(before, digest);
    await before.say(id, saying('grace', digest));
    site.vouch = HMAC;
    const now = site.register();
    site.vouch = VOUCH;
    const refused = await now.use(id, EXCHANGE, askingFor(digest), used(id, digest));
    assert.deepEqual(refused, { flaw: 'it was asked under another key of the store than there is now' });
    const again = await site.asked(now, digest);
    assert.notEqual(again.id, id);
    assert.equal(again.value.state, 'pending');
    assert.equal((await site.asked(now, digest)).id, again.id);
  });

  it('counts no yes without a passkey where one must be under it, whenever that was said', async () => {
    const one = site.register();
    const digest = site.freshDigest();
    const { id } = await site.asked(one, digest);
    await one.say(id, saying('grace', digest));
    site.needsPasskey = true;
    const refused = await one.use(id, EXCHANGE, askingFor(digest), used(id, digest));
    const again = await site.asked(one, digest);
    assert.deepEqual(
      [again.id === id, again.value.state, again.value.signatures],
      [false, 'pending', []],
      'it asks anew',
    );
    assert.equal((await site.asked(one, digest)).id, again.id);
    site.needsPasskey = false;
    assert.deepEqual(refused, { flaw: 'a signature that stands under it is of no passkey' });
    assert.ok(await site.isUsed(one, id, digest));
  });

  it('says how what can not be used has ended', async () => {
    const one = site.register();
    const ended = async (end: (id: string, digest: string) => Promise<unknown>) => {
      const digest = site.freshDigest();
      const { id } = await site.asked(one, digest);
      await one.say(id, saying('grace', digest));
      await end(id, digest);
      const refused = await one.use(id, EXCHANGE, askingFor(digest), used(id, digest));
      return 'ended' in refused && refused.ended.value.state;
    };
    assert.equal(await ended((id, digest) => one.say(id, saying('alan', digest, 'withdraw'))), 'withdrawn');
    assert.equal(await ended((id, digest) => site.isUsed(site.register(1), id, digest)), 'used');
    assert.equal(await ended(async () => (site.nowMs += 60_000)), 'expired');
  });
});
