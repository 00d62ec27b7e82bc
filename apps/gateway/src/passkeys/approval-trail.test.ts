// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ApprovalReport, ApprovalTrail } from '@countersign/evidence';
import { VOUCH } from '../approvals/approval-fixture.ts';
import { cardDigest } from '../approvals/card.ts';
import { vouchedFor } from '../approvals/vouched.ts';
import { recordsOf, sealedKeys } from '../log/log-for-tests.ts';
import { passkeyCrypto } from './passkey-crypto.ts';
import { type Approver, PasskeyDesk } from './passkey-desk-for-tests.ts';

describe('what the log says of an approval', () => {
  let desk: PasskeyDesk;
  let grace: Approver;
  before(async () => {
    desk = await PasskeyDesk.open();
    grace = desk.person('grace@example.com');
    assert.equal((await grace.register()).status, 201);
  });
  after(() => desk.close());
  beforeEach(() => {
    desk.registers.reset();
    desk.via = 'console';
  });

  /** What an auditor finds in the gateway's own log, with or without its keys. */
  async function found(approval: string, isOpened = true): Promise<ApprovalReport> {
    const place = desk.registers.places[0] ?? assert.fail();
    const keys = isOpened ? await sealedKeys(place.keyDir) : undefined;
    const trail = new ApprovalTrail(passkeyCrypto, approval, keys);
    for (const record of await recordsOf(place)) trail.take(record);
    return trail.report();
  }

  async function approved(): Promise<string> {
    const { id, said } = await desk.asked();
    const saying = { ...said, reason: 'drafts are not used' };
    const assertion = await grace.assertion(id, 'approve', saying);
    assert.equal((await grace.say(id, 'approve', saying, assertion)).status, 200);
    return id;
  }

  it('is who signed what, with what they were shown, to whom has the keys', async () => {
    const { problems, missing, verdicts, asked } = await found(await approved());
    assert.deepEqual([problems, missing], [[], []]);
    const [verdict] = verdicts;
    assert.equal(verdict?.passkey?.id, grace.authenticator.id);
    assert.deepEqual(verdict?.said, {
      approver: { issuer: 'https://people.example', subject: 'grace@example.com' },
      reason: 'drafts are not used',
    });
    const { action } = (asked?.card ?? {}) as { readonly action?: string };
    assert.equal(action, 'delete configmaps x in namespace demo');
  });

  it('holds without keys, and names nobody then', async () => {
    const { problems, missing, verdicts, asked } = await found(await approved(), false);
    assert.deepEqual([problems, missing, asked?.card], [[], [], undefined]);
    const [verdict] = verdicts;
    assert.equal(verdict?.passkey?.id, grace.authenticator.id);
    assert.equal(verdict?.said, undefined);
    assert.match(verdict?.by ?? '', /^~/);
  });

  it('does not hold for a card that was altered in the store before people saw it, whoever made its digest again', async () => {
    const { id, said } = await desk.asked();
    await desk.alter(id, (approval) => {
      const altered = { ...approval, effect: { ...approval.effect, summary: 'deletes nothing' } };
      return { ...altered, card: cardDigest(VOUCH, id, altered) };
    });
    const assertion = await grace.assertion(id, 'approve', said);
    assert.equal((await grace.say(id, 'approve', said, assertion)).status, 200);
    for (const isOpened of [true, false]) {
      const { problems } = await found(id, isOpened);
      assert.deepEqual(
        problems.map(({ problem }) => problem),
        [
          'the card that was shown is not the one that was asked',
          'the card that was signed is not the one that was asked',
        ],
      );
    }
  });

  it('does not hold for such a card where a token alone said yes or no', async () => {
    desk.via = 'bearer';
    for (const verdict of ['approve', 'deny'] as const) {
      const { id, said } = await desk.asked();
      await desk.alter(id, (approval) => {
        const altered = { ...approval, action: 'create configmaps hello' };
        return { ...altered, card: cardDigest(VOUCH, id, altered) };
      });
      assert.equal((await grace.say(id, verdict, said)).status, 200);
      const { problems } = await found(id, false);
      assert.deepEqual(
        problems.map(({ problem }) => problem),
        ['the card that was shown is not the one that was asked'],
      );
    }
  });

  it('has no passkey under what a token alone said, and no yes under what was made up with the key of the store', async () => {
    desk.via = 'bearer';
    const [plain, forged] = [await desk.asked(), await desk.asked()];
    assert.equal((await grace.say(plain.id, 'approve', plain.said)).status, 200);
    const { verdicts, problems } = await found(plain.id);
    assert.deepEqual([verdicts.map(({ isSigned }) => isSigned), problems], [[false], []]);
    const by = { issuer: 'https://people.example', subject: 'grace@example.com' };
    const signature = { by, groups: ['approvers'], at: '2026-01-01T00:00:00.000Z', reason: '' };
    const isUsed = () => desk.registers.isUsed(desk.register, forged.id, forged.said.digest);
    await desk.alter(forged.id, (approval) => ({ ...approval, state: 'approved', signatures: [signature] }));
    assert.equal(await isUsed(), false, 'who has no key makes none up');
    await desk.alter(forged.id, (value) => ({
      ...value,
      signatures: [vouchedFor(VOUCH, { id: forged.id, value }, signature)],
    }));
    assert.ok(await isUsed());
    const { missing } = await found(forged.id);
    assert.match(missing.join(), /^it was used in entry \d+, and nobody's yes is in this log/);
  });

  it('of a plan is which request used it: one that is none of it, or that used it before, does not hold', async () => {
    const [approval, exchange] = ['01a22800-2f1e-7c3a-9d53-5a1f7c6b2d10', '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11'];
    const [digest, one, other, foreign] = ['a', '1', '2', '3'].map((text) => text.repeat(64));
    assert.ok(digest && one && other && foreign);
    const expiresAt = '2026-01-01T00:01:00.000000Z';
    const facts = { approval, exchange, digest } as const;
    const uses = [one, other, one, foreign, undefined].map((member) => ({
      type: 'approval.used' as const,
      ...facts,
      ...(member === undefined ? {} : { member }),
    }));
    const members = [one, other];
    await desk.registers
      .log(0)
      .append([{ type: 'approval.asked', ...facts, rules: [], groups: [], expiresAt, members }, ...uses]);
    const { problems, steps } = await found(approval);
    assert.deepEqual(
      steps.map(({ member }) => member),
      [one, other, one, foreign, undefined],
    );
    assert.deepEqual(
      problems.map(({ problem }) => problem),
      [
        'it was used before, and is good for one use',
        'the request that used it is none of the plan',
        'the request that used it is none of the plan',
      ],
    );
  });

  it('misses the registration of a passkey that was put into the store, or removed', async () => {
    const eve = desk.person('eve');
    assert.equal((await eve.register()).status, 201);
    const { passkeys } = desk.registers.store;
    const { value, version } = (await passkeys.get(eve.authenticator.id)) ?? assert.fail();
    assert.equal((await eve.ask(`/api/v1/passkeys/${eve.authenticator.id}`, 'DELETE')).status, 204);
    assert.ok(await passkeys.replace(eve.authenticator.id, version + 1, value));
    const { id, said } = await desk.asked();
    const assertion = await eve.assertion(id, 'approve', said);
    assert.equal((await eve.say(id, 'approve', said, assertion)).status, 200);
    const { missing, verdicts } = await found(id);
    assert.match(missing.join(), /^the passkey of entry \d+ is not registered in this log/);
    assert.deepEqual([verdicts[0]?.isSigned, verdicts[0]?.passkey], [true, undefined]);
  });
});
