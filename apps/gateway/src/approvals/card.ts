// SPDX-License-Identifier: Apache-2.0
import { type Json, shownDigest } from '@countersign/evidence';
import { sealedCrypto } from '../log/sealed-crypto.ts';
import type { ApprovalDocument, ShownEffect } from './approval.ts';

/** Texts are cut anywhere, and an object may hold half a character: neither can be spelled in one way alone. */
function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[name.toWellFormed(), wellFormed(member)]],
    ),
  );
}

/** All that people are shown of a request before they say yes or no. */
export function cardOf({ cluster, requester, action, requirements, effect, members }: ApprovalDocument): Json {
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
export function shownOf(approval: ApprovalDocument): string {
  return shownDigest(sealedCrypto.hmacSha256, Buffer.from(approval.salt, 'hex'), cardOf(approval));
}
