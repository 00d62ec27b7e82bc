// SPDX-License-Identifier: Apache-2.0
import type { Json } from '@countersign/evidence';
import type { Hmac } from '@countersign/mask';
import { keyedDigest } from '../keyed-digest.ts';
import { isSameText } from '../same-text.ts';
import type { ApprovalDocument, Signature, Step } from './approval.ts';
import type { Verdict } from './verdict.ts';
import { wellFormed } from './well-formed.ts';

/** Nothing else that is made with the same key begins so. */
const PURPOSE = 'countersign signature v1\n';

type Signed = { readonly id: string; readonly value: Pick<ApprovalDocument, 'card'> };

/** What makes a yes one that a gateway was given: to this, by this person, by this passkey or none, at this time. */
function macOf(vouch: Hmac, of: { readonly [name: string]: Json }, signature: Signature): string {
  const { by, groups, known, at, reason, countersignature } = signature;
  const { issuer, subject } = by;
  const said = { by: { issuer, subject }, groups, known, at, reason, countersignature } as unknown as Json;
  return keyedDigest(vouch, PURPOSE, { ...of, signature: wellFormed(said) });
}

/** A yes as it is stored; `of` says to what it is one, in words that no other has. */
export function withMac(vouch: Hmac, of: { readonly [name: string]: Json }, signature: Signature): Signature {
  const { mac: _, ...said } = signature;
  return { ...said, mac: macOf(vouch, of, said) };
}

/** Whether a stored yes was given to a gateway, and to nothing but this. */
export function hasMac(vouch: Hmac, of: { readonly [name: string]: Json }, signature: Signature): boolean {
  return isSameText(macOf(vouch, of, signature), `${signature.mac}`);
}

const ofApproval = ({ id, value }: Signed) => ({ approval: id, card: value.card });

/** A yes to an approval, by the card that was shown. */
export function vouchedFor(vouch: Hmac, approval: Signed, signature: Signature): Signature {
  return withMac(vouch, ofApproval(approval), signature);
}

export function isVouchedFor(vouch: Hmac, approval: Signed, signature: Signature): boolean {
  return hasMac(vouch, ofApproval(approval), signature);
}

/** What a verdict does to an approval; its yes is one that nobody makes up who writes to the store. */
export function verdictStep(
  vouch: Hmac,
  approval: Signed,
  { kind, signature }: Pick<Verdict, 'kind' | 'signature'>,
): Extract<Step, { readonly signature: Signature }> {
  if (kind === 'approve') return { type: 'approved', signature: vouchedFor(vouch, approval, signature) };
  return { type: kind === 'deny' ? 'denied' : 'withdrawn', signature };
}
