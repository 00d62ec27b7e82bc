// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Store } from '../store/store.ts';
import { type Approver, PasskeyDesk, SITE } from './passkey-desk-for-tests.ts';
import { SoftwareAuthenticator } from './software-authenticator-for-tests.ts';
import { siteOf } from './web-authn-site.ts';

/** What people do with passkeys, and what others try with them, over any store. */
export function passkeysSuite(name: string, openStore: (dir: string) => Promise<Store>): void {
  describe(`passkeys: ${name}`, () => {
    let desk: PasskeyDesk;
    let people = 0;
    before(async () => {
      desk = await PasskeyDesk.open(openStore);
    });
    after(() => desk.close());
    beforeEach(() => {
      desk.registers.reset();
      desk.via = 'console';
      desk.loggedInMsAgo = 0;
    });
    /** Somebody of whom nothing is stored yet. */
    const somebody = (groups?: readonly string[]): Approver => {
      people += 1;
      return desk.person(`person-${people}`, groups);
    };
    const registered = async (groups?: readonly string[]): Promise<Approver> => {
      const person = somebody(groups);
      assert.equal((await person.register()).status, 201);
      return person;
    };
    registersPasskeys(() => desk, somebody, registered);
    addsPasskeys(() => desk, somebody, registered);
    takesVerdicts(() => desk, registered);
    refusesAssertions(() => desk, registered);
    refusesReplays(() => desk, registered);
    refusesOthers(() => desk, somebody, registered);
    wantsPasskeys(() => desk, registered);
  });
}

type Desk = () => PasskeyDesk;
type Registered = (groups?: readonly string[]) => Promise<Approver>;

function registersPasskeys(desk: Desk, somebody: () => Approver, registered: Registered): void {
  it('registers a passkey, lists it and removes it, each on record', async () => {
    const grace = await registered();
    const [{ id, name }] = (await grace.ask('/api/v1/passkeys')).body.items;
    assert.deepEqual([id, name], [grace.authenticator.id, 'laptop']);
    const others = await registered();
    assert.equal((await others.ask(`/api/v1/passkeys/${id}`, 'DELETE')).status, 404);
    assert.equal((await grace.ask(`/api/v1/passkeys/${id}`, 'DELETE')).status, 204);
    assert.equal((await grace.ask(`/api/v1/passkeys/${id}`, 'DELETE')).status, 404);
    assert.deepEqual((await grace.ask('/api/v1/passkeys')).body.items, []);
    const types = desk().registers.recorded.flatMap((record) =>
      'passkey' in record && record.passkey === id ? [record.type] : [],
    );
    assert.deepEqual(types, ['passkey.registered', 'passkey.removed']);
  });

  it('takes each answer once, in time, of whom it asked, for this site, by a checked user', async () => {
    const grace = somebody();
    const begin = async () => (await grace.ask('/api/v1/passkeys/options', 'POST')).body.options;
    const bring = (response: object, person = grace) =>
      person.ask('/api/v1/passkeys', 'POST', { name: 'laptop', response });
    const code = async (answer: ReturnType<typeof bring>) => (await answer).body.code;
    const { authenticator } = grace;
    const unchecked = authenticator.create(await begin(), { isUserVerified: false });
    assert.equal(await code(bring(unchecked)), 'ERR_PASSKEY_RESPONSE');
    const elsewhere = authenticator.create(await begin(), { site: siteOf('http://localhost:9999') });
    assert.equal(await code(bring(elsewhere)), 'ERR_PASSKEY_RESPONSE');
    const ofOthers = authenticator.create(await begin(), { site: { ...SITE, rpId: 'example.com' } });
    assert.equal(await code(bring(ofOthers)), 'ERR_PASSKEY_RESPONSE');
    assert.equal(
      await code(bring({ ...ofOthers, response: { clientDataJSON: 'e30', attestationObject: 'oA' } })),
      'ERR_PASSKEY_RESPONSE',
    );
    assert.equal(
      await code(bring(authenticator.create({ ...(await begin()), challenge: 'A'.repeat(43) }))),
      'ERR_PASSKEY_CHALLENGE',
    );
    const good = authenticator.create(await begin());
    assert.equal(await code(bring(good, somebody())), 'ERR_PASSKEY_CHALLENGE');
    const late = authenticator.create(await begin());
    assert.equal((await bring(good)).status, 201);
    assert.equal(await code(bring(good)), 'ERR_PASSKEY_CHALLENGE');
    assert.equal(await code(bring(authenticator.create(await begin()))), 'ERR_PASSKEY_KNOWN');
    desk().registers.nowMs += 5 * 60_000;
    assert.equal(await code(bring(late)), 'ERR_PASSKEY_CHALLENGE');
    assert.equal((await grace.ask('/api/v1/passkeys')).body.items.length, 1);
  });

  it('is for those who may countersign, and holds them to a number', async () => {
    const operator = desk().person('operator', ['operators']);
    assert.equal((await operator.ask('/api/v1/passkeys/options', 'POST')).status, 403);
    const grace = somebody();
    const ask = async () => (await grace.ask('/api/v1/passkeys/options', 'POST')).status;
    const statuses: number[] = [];
    for (let asked = 0; asked < 33; asked += 1) statuses.push(await ask());
    assert.deepEqual([statuses.filter((status) => status === 200).length, statuses.at(-1)], [32, 409]);
    desk().registers.nowMs += 5 * 60_000;
    assert.equal(await ask(), 200);
  });
}

function addsPasskeys(desk: Desk, somebody: () => Approver, registered: Registered): void {
  const begin = async (person: Approver) => (await person.ask('/api/v1/passkeys/options', 'POST')).body;
  const other = () => new SoftwareAuthenticator(SITE);

  it('takes a first one of who has just logged in to the console, and of nobody else', async () => {
    const grace = somebody();
    const { options } = await begin(grace);
    desk().loggedInMsAgo = 10 * 60_000;
    assert.equal((await begin(grace)).code, 'ERR_PASSKEY_LOGIN');
    const response = grace.authenticator.create(options);
    const late = await grace.ask('/api/v1/passkeys', 'POST', { name: 'laptop', response });
    assert.equal(late.body.code, 'ERR_PASSKEY_LOGIN');
    desk().loggedInMsAgo -= 1;
    assert.equal((await grace.register()).status, 201);
    desk().via = 'bearer';
    assert.equal((await begin(somebody())).code, 'ERR_PASSKEY_LOGIN');
  });

  it('takes another one by what one that is there signs for it, and says so on record', async () => {
    const grace = await registered();
    const alan = await registered();
    const added = other();
    const answer = async (sign: (asked: Awaited<ReturnType<typeof begin>>) => object | undefined) => {
      const asked = await begin(grace);
      const response = added.create(asked.options);
      const body = { name: 'phone', response, assertion: sign(asked) };
      return (await grace.ask('/api/v1/passkeys', 'POST', body)).body.code;
    };
    const earlier = await begin(grace);
    const { authenticator } = grace;
    for (const sign of [
      () => undefined,
      () => authenticator.get(earlier.vouch),
      ({ options }) => authenticator.get(options),
      ({ vouch }) => authenticator.get(vouch, { isUserVerified: false }),
      ({ vouch }) => authenticator.get(vouch, { site: siteOf('http://localhost:9999') }),
      ({ vouch }) => alan.authenticator.get(vouch),
      ({ vouch }) => added.get(vouch),
      ({ vouch }) => added.get(vouch, { id: authenticator.id }),
    ] satisfies Parameters<typeof answer>[0][])
      assert.equal(await answer(sign), 'ERR_PASSKEY_VOUCH');
    desk().loggedInMsAgo = 3_600_000;
    desk().via = 'bearer';
    assert.equal((await grace.register(added)).status, 201);
    const record = desk().registers.recorded.findLast(({ type }) => type === 'passkey.registered');
    assert.ok(record?.type === 'passkey.registered');
    assert.deepEqual([record.passkey, record.vouchedBy], [added.id, authenticator.id]);
  });

  it('takes no first one again by the login that removed the last one, nor any signature of that one', async () => {
    const grace = await registered();
    const { id: approval, said } = await desk().asked();
    const assertion = await grace.assertion(approval, 'approve', said);
    assert.equal((await grace.ask(`/api/v1/passkeys/${grace.authenticator.id}`, 'DELETE')).status, 204);
    assert.equal((await grace.say(approval, 'approve', said, assertion)).body.code, 'ERR_PASSKEY_UNKNOWN');
    desk().registers.nowMs += 60_000;
    desk().loggedInMsAgo = 60_000;
    assert.equal((await grace.register(other())).body.code, 'ERR_PASSKEY_LOGIN');
    desk().loggedInMsAgo = 59_999;
    const added = other();
    assert.equal((await grace.register(added)).status, 201);
    assert.deepEqual(
      (await grace.ask('/api/v1/passkeys')).body.items.map(({ id }: { id: string }) => id),
      [added.id],
    );
  });
}

function takesVerdicts(desk: Desk, registered: Registered): void {
  it('takes a yes and a no by what a passkey signed, and keeps that', async () => {
    for (const [verdict, state] of [
      ['approve', 'approved'],
      ['deny', 'denied'],
    ] as const) {
      const grace = await registered();
      const { id, said } = await desk().asked();
      const saying = { ...said, reason: 'looked at \ud800' };
      const assertion = await grace.assertion(id, verdict, saying);
      const { status, body } = await grace.say(id, verdict, saying, assertion);
      assert.deepEqual([status, body.state], [200, state]);
      const [signature] = [...body.signatures, body.endedBy].filter(Boolean);
      assert.equal(signature.passkey, grace.authenticator.id);
      assert.equal('countersignature' in signature || 'salt' in body, false, "the nonce is nobody else's");
      const record = desk().registers.recorded.find(({ type }) => type === `approval.${state}`);
      assert.ok(record && 'countersignature' in record && record.countersignature);
      assert.equal(record.countersignature.signature, assertion.response.signature);
    }
  });

  it('wants no passkey of a token, and takes one', async () => {
    const grace = await registered();
    desk().via = 'bearer';
    const [plain, signed] = [await desk().asked(), await desk().asked()];
    assert.equal((await grace.say(plain.id, 'approve', plain.said)).status, 200);
    const assertion = await grace.assertion(signed.id, 'approve', signed.said);
    assert.equal((await grace.say(signed.id, 'approve', signed.said, assertion)).status, 200);
  });
}

/** A try that is refused with a code, on record, and changes nothing. */
async function refused(
  desk: PasskeyDesk,
  person: Approver,
  approval: string,
  answer: ReturnType<Approver['say']>,
  code: string,
): Promise<void> {
  const { body, status } = await answer;
  assert.deepEqual([status, body.code], [403, code]);
  assert.ok(desk.faultsOf(approval).includes(code), 'it is on record');
  assert.equal((await person.ask(`/api/v1/approvals/${approval}`)).body.state, 'pending');
}

function refusesAssertions(desk: Desk, registered: Registered): void {
  it('refuses, on record, what a passkey did not sign', async () => {
    const grace = await registered();
    const alan = await registered();
    const { id, said } = await desk().asked();
    const other = await desk().asked();
    const yes = () => grace.assertion(id, 'approve', said);
    const bring = async (assertion: Awaited<ReturnType<typeof yes>> | undefined, code: string) =>
      refused(desk(), grace, id, grace.say(id, 'approve', said, assertion), code);
    const sign = async (ceremony: Parameters<typeof grace.authenticator.get>[1]) =>
      grace.authenticator.get((await grace.challenge(id, 'approve', said)).body.options, ceremony);
    await bring(undefined, 'ERR_PASSKEY_REQUIRED');
    await bring(await grace.assertion(id, 'deny', said), 'ERR_PASSKEY_STATEMENT');
    await bring(await grace.assertion(other.id, 'approve', other.said), 'ERR_PASSKEY_STATEMENT');
    await bring(await grace.assertion(id, 'approve', { ...said, reason: 'another' }), 'ERR_PASSKEY_STATEMENT');
    await bring(await alan.assertion(id, 'approve', said), 'ERR_PASSKEY_CHALLENGE');
    await bring(grace.authenticator.get({ challenge: 'A'.repeat(43) }), 'ERR_PASSKEY_CHALLENGE');
    await bring(
      alan.authenticator.get((await grace.challenge(id, 'approve', said)).body.options),
      'ERR_PASSKEY_UNKNOWN',
    );
    await bring(
      alan.authenticator.get((await grace.challenge(id, 'approve', said)).body.options, { id: grace.authenticator.id }),
      'ERR_PASSKEY_ASSERTION',
    );
    await bring(await sign({ site: siteOf('http://localhost:9999') }), 'ERR_PASSKEY_ASSERTION');
    await bring(await sign({ site: { ...SITE, rpId: 'example.com' } }), 'ERR_PASSKEY_ASSERTION');
    await bring(await sign({ isUserVerified: false }), 'ERR_PASSKEY_ASSERTION');
    await bring(await sign({ type: 'webauthn.create' }), 'ERR_PASSKEY_ASSERTION');
    await bring(await sign({ crossOrigin: true }), 'ERR_PASSKEY_ASSERTION');
    const good = await yes();
    const cut = { ...good, response: { ...good.response, signature: good.response.signature.slice(4) } };
    await bring(cut, 'ERR_PASSKEY_ASSERTION');
    await bring(good, 'ERR_PASSKEY_CHALLENGE');
  });
}

function refusesReplays(desk: Desk, registered: Registered): void {
  it('refuses an assertion that is shown again, or too late, and an authenticator that counts back', async () => {
    const grace = await registered();
    const requirements = [{ rule: { set: 'lab', id: 'ask' }, group: 'approvers', quorum: 2, ownerMay: false }];
    const { id, said } = await desk().asked({ requirements, ttlSeconds: 3_600 });
    const assertion = await grace.assertion(id, 'approve', said);
    assert.equal((await grace.say(id, 'approve', said, assertion)).status, 200);
    await refused(desk(), grace, id, grace.say(id, 'approve', said, assertion), 'ERR_PASSKEY_CHALLENGE');
    const alan = await registered();
    const sign = async (counter: number) =>
      alan.authenticator.get((await alan.challenge(id, 'approve', said)).body.options, { counter });
    await refused(desk(), alan, id, alan.say(id, 'approve', said, await sign(1)), 'ERR_PASSKEY_COUNTER');
    await refused(desk(), alan, id, alan.say(id, 'approve', said, await sign(0)), 'ERR_PASSKEY_COUNTER');
    const late = await sign(7);
    desk().registers.nowMs += 5 * 60_000;
    await refused(desk(), alan, id, alan.say(id, 'approve', said, late), 'ERR_PASSKEY_CHALLENGE');
    const { body } = await alan.say(id, 'approve', said, await sign(7));
    assert.equal(body.state, 'approved');
  });

  it('lets one of many who show an assertion at once through', async () => {
    const grace = await registered();
    const { id, said } = await desk().asked();
    const assertion = await grace.assertion(id, 'approve', said);
    const answers = await Promise.all(Array.from({ length: 8 }, () => grace.say(id, 'approve', said, assertion)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });
}

function refusesOthers(desk: Desk, somebody: (groups?: readonly string[]) => Approver, registered: Registered): void {
  it('asks nobody to sign what they may not say', async () => {
    const { id, said } = await desk().asked();
    const code = async (person: Approver, more: object = {}) =>
      (await person.challenge(id, 'approve', { ...said, ...more })).body.code;
    const grace = await registered();
    assert.equal(await code(desk().person('worker')), 'ERR_APPROVAL_SELF');
    assert.equal(await code(desk().person('ada')), 'ERR_APPROVAL_OWNER');
    assert.equal(await code(somebody(['security'])), 'ERR_APPROVAL_GROUP');
    assert.equal(await code(grace, { digest: 'f'.repeat(64) }), 'ERR_APPROVAL_DIGEST');
    assert.equal(await code(grace, { unseen: 1 }), 'ERR_APPROVAL_UNSEEN');
    assert.equal(await code(somebody()), 'ERR_PASSKEY_NONE');
    assert.deepEqual(desk().faultsOf(id), [
      'ERR_APPROVAL_SELF',
      'ERR_APPROVAL_OWNER',
      'ERR_APPROVAL_GROUP',
      'ERR_APPROVAL_DIGEST',
      'ERR_APPROVAL_UNSEEN',
      'ERR_PASSKEY_NONE',
    ]);
  });

  it('takes one person in two groups once', async () => {
    const both = await registered(['approvers', 'security']);
    const requirements = ['approvers', 'security'].map((group) => ({
      ...{ rule: { set: 'lab', id: group }, group, quorum: 1, ownerMay: false },
    }));
    const { id, said } = await desk().asked({ requirements });
    const assertion = await both.assertion(id, 'approve', said);
    assert.equal((await both.say(id, 'approve', said, assertion)).body.state, 'pending');
    assert.equal((await both.challenge(id, 'approve', said)).body.code, 'ERR_APPROVAL_TWICE');
    assert.deepEqual(desk().faultsOf(id), ['ERR_APPROVAL_TWICE']);
  });

  it('takes no signature, and shows nothing, of a card that was changed after it was asked', async () => {
    const grace = await registered();
    const { id, said } = await desk().asked();
    const assertion = await grace.assertion(id, 'approve', said);
    const original = await desk().alter(id, (approval) => ({ ...approval, cluster: 'other' }));
    assert.equal((await grace.say(id, 'approve', said, assertion)).body.code, 'ERR_PASSKEY_STATEMENT');
    const plain = { ...original.value, cluster: 'lab' };
    await desk().alter(id, () => ({ ...plain, effect: { ...plain.effect, summary: 'deletes nothing' } }));
    desk().via = 'bearer';
    const tried = [
      await grace.ask(`/api/v1/approvals/${id}`),
      await grace.ask(`/api/v1/approvals?id=${id}`),
      await grace.challenge(id, 'approve', said),
      await grace.say(id, 'approve', said),
      await grace.say(id, 'deny', said),
    ];
    assert.deepEqual(
      tried.map(({ status, body }) => [status, body.code]),
      tried.map(() => [409, 'ERR_APPROVAL_UNSOUND']),
    );
    assert.deepEqual(desk().faultsOf(id), ['ERR_PASSKEY_STATEMENT', ...tried.map(() => 'ERR_APPROVAL_UNSOUND')]);
    await desk().alter(id, () => plain);
    assert.equal((await grace.say(id, 'approve', said)).status, 200);
  });
}

function wantsPasskeys(desk: Desk, registered: Registered): void {
  it('takes no yes of a token alone where the configuration wants a passkey, and still its no', async () => {
    const grace = await registered();
    const { id, said } = await desk().asked();
    desk().via = 'bearer';
    desk().passkeys = 'required';
    const refused = await grace.say(id, 'approve', said);
    assert.deepEqual([refused.status, refused.body.code], [403, 'ERR_PASSKEY_REQUIRED']);
    assert.match(refused.body.detail, /sign it there/);
    assert.deepEqual(desk().faultsOf(id), ['ERR_PASSKEY_REQUIRED']);
    assert.equal((await grace.say(id, 'deny', said)).status, 200);
    const other = await desk().asked();
    const assertion = await grace.assertion(other.id, 'approve', other.said);
    assert.equal((await grace.say(other.id, 'approve', other.said, assertion)).status, 200);
    desk().passkeys = 'offered';
  });
}
