// SPDX-License-Identifier: Apache-2.0
import type { Json } from '@countersign/evidence';
import type { Hmac } from '@countersign/mask';
import type { Signature } from '../approvals/approval.ts';
import { lacksPasskey } from '../approvals/flaw-of.ts';
import { hasMac, withMac } from '../approvals/vouched.ts';
import { keyedDigest } from '../keyed-digest.ts';
import { type GrantDocument, type GrantRequirement, type GrantScope, isOfItsTime } from './grant.ts';

/** Nothing else that is made with the same key begins so. */
const PURPOSE = 'countersign grant v1\n';

/** All that whoever signs a grant says yes to: who may do what, where, for how long, and who must sign it. */
export function boundGrant({
  requester,
  askedBy,
  cluster,
  scope,
  seconds,
  wanted,
  breakGlass,
}: Pick<GrantDocument, 'requester' | 'askedBy' | 'cluster' | 'scope' | 'seconds' | 'wanted' | 'breakGlass'>): Json {
  const { id, issuer, subject, owner, act } = requester;
  return {
    principal: { id, issuer, subject, act: act.map((actor) => ({ issuer: actor.issuer, subject: actor.subject })) },
    cluster,
    scope: scope === undefined ? null : boundScope(scope),
    seconds,
    ...(wanted === undefined ? {} : { wanted: wanted.map((approvals) => approvals.map(boundRequirement)) }),
    ...(breakGlass ? { breakGlass, owner } : {}),
    ...(askedBy ? { askedBy: { issuer: askedBy.issuer, subject: askedBy.subject } } : {}),
  };
}

function boundRequirement({ rule, group, quorum }: GrantRequirement): Json {
  return { rule: `${rule.set}/${rule.id}`, group, quorum };
}

function boundScope({ verbs, resources, namespaces, names, labels }: GrantScope): Json {
  return {
    verbs: [...verbs],
    resources: [...resources],
    namespaces: [...namespaces],
    names: names === undefined ? null : [...names],
    ...(labels === undefined ? {} : { labels: [...labels] }),
  };
}

/** The digest of a grant, as it stands in the log. */
export function grantDigest(hmac: Hmac, bound: Json): string {
  return keyedDigest(hmac, PURPOSE, bound);
}

type Stored = { readonly id: string; readonly value: GrantDocument };

const ofGrant = (id: string, { digest }: Pick<GrantDocument, 'digest'>) => ({ grant: id, digest });

/** A yes to a grant, by what was shown of it. */
export function grantSignature(
  vouch: Hmac,
  id: string,
  grant: Pick<GrantDocument, 'digest'>,
  signature: Signature,
): Signature {
  return withMac(vouch, ofGrant(id, grant), signature);
}

/**
 * Whether a stored grant is for what its digest says, which is what people signed, and for no longer; and whether a gateway was given
 * each signature that stands under it, of a passkey where none counts without one. An emergency waits for none.
 */
export function isSigned(vouch: Hmac, { id, value }: Stored, needsPasskey: boolean): boolean {
  const { digest, signatures, breakGlass } = value;
  if (digest !== grantDigest(vouch, boundGrant(value)) || !isOfItsTime(value)) return false;
  if (!breakGlass && lacksPasskey(signatures, needsPasskey)) return false;
  return signatures.every((one) => hasMac(vouch, ofGrant(id, value), one));
}
