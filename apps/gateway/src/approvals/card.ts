// SPDX-License-Identifier: Apache-2.0
import { type Json, shownDigest } from '@countersign/evidence';
import type { Hmac } from '@countersign/mask';
import { keyedDigest, keyId } from '../keyed-digest.ts';
import { sealedCrypto } from '../log/sealed-crypto.ts';
import { isSameText } from '../same-text.ts';
import type { ApprovalDocument, ShownEffect } from './approval.ts';
import { wellFormed } from './well-formed.ts';

/** Nothing else that is made with the same key begins so. */
const PURPOSE = 'countersign card v1\n';

/** All that people are shown of a request before they say yes or no. */
export function cardOf({
  cluster,
  requester,
  action,
  requirements,
  effect,
  members,
}: Pick<ApprovalDocument, 'cluster' | 'requester' | 'action' | 'requirements' | 'effect' | 'members'>): Json {
  const { id, owner, purpose, act } = requester;
  return wellFormed({
    cluster,
    agent: { id, owner, purpose, act: act.map(({ issuer, subject }) => ({ issuer, subject })) },
    action,
    requirements: requirements.map(({ rule, group, quorum, reason }) => ({
      rule: { set: rule.set, id: rule.id },
      group,
      quorum,
      reason,
    })),
    effect: effectOf(effect),
    members: members?.map((one) => ({ action: one.action, effect: effectOf(one.effect) })),
  });
}

function effectOf({ summary, changes, omitted }: ShownEffect): Json {
  return { summary, changes: changes.map(({ path, before, after }) => ({ path, before, after })), omitted };
}

/** What the log has of the card: whoever changes it in the store changes this. */
export function shownOf(approval: Omit<ApprovalDocument, 'card'>): string {
  return shownDigest(sealedCrypto.hmacSha256, Buffer.from(approval.salt, 'hex'), cardOf(approval));
}

/** What of an approval is as it was asked for ever. */
type Asked = Omit<ApprovalDocument, 'card' | 'state' | 'signatures'>;

/**
 * Binds what people are shown, and how long and by whom it may be countersigned, to the approval that it was asked as: the id
 * of the key that vouches for that, a colon, a digest. The key is not in the store, so who writes there can't make it again.
 */
export function cardDigest(vouch: Hmac, id: string, asked: Asked): string {
  const { digest, salt, askedAt, expiresAt, target, requirements } = asked;
  const owners = requirements.map(({ ownerMay }) => ownerMay);
  const bound = { id, digest, salt, askedAt, expiresAt, owners, card: cardOf(asked) };
  const made = keyedDigest(vouch, PURPOSE, target === undefined ? bound : { ...bound, target });
  return `${keyId(vouch)}:${made}`;
}

/** Whether an approval was asked under this very key; of one that was not nobody knows whether it is as it was asked. */
export function isOfKey(vouch: Hmac, { card }: Pick<ApprovalDocument, 'card'>): boolean {
  return `${card}`.startsWith(`${keyId(vouch)}:`);
}

/** Whether what is stored of an approval is what was asked; one without a digest is not. */
export function isAsAsked(
  vouch: Hmac,
  { id, value }: { readonly id: string; readonly value: ApprovalDocument },
): boolean {
  return isSameText(cardDigest(vouch, id, value), `${value.card}`);
}
