// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import type { ApprovalDocument, Signature } from './approval.ts';
import { isAsAsked, isOfKey } from './card.ts';
import { shownFlaw, type Wanted } from './shown-flaw.ts';
import { signaturesFlaw } from './signatures-flaw.ts';
import { isVouchedFor } from './vouched.ts';

/** By what a gateway knows what it has stored again. */
export interface Vouching {
  /** Of a key that all gateways of the store have, and that does not lie in it. */
  readonly vouch: Hmac;
  /** Whether nobody's yes counts without a passkey under it. */
  readonly needsPasskey: () => boolean;
}

/** Whether somebody's yes does not count any more, as it was said without a passkey. */
export function lacksPasskey(signatures: readonly Signature[], needsPasskey: boolean): boolean {
  return needsPasskey && signatures.some(({ countersignature }) => countersignature === undefined);
}

/**
 * Why what is stored of an approval is no countersignature of what an exchange wants, made from its signatures again: that
 * a document says `approved` proves nothing. Undefined where nothing speaks against it.
 */
export function flawOf(
  approval: { readonly id: string; readonly value: ApprovalDocument },
  wanted: Wanted,
  { vouch, needsPasskey }: Vouching,
): string | undefined {
  const { digest, signatures } = approval.value;
  if (digest !== wanted.digest) return 'it is of another request';
  if (!isOfKey(vouch, approval.value)) return 'it was asked under another key of the store than there is now';
  if (!isAsAsked(vouch, approval)) return 'what people were shown is not what was asked';
  const flaw = shownFlaw(approval.value, wanted);
  if (flaw !== undefined) return flaw;
  if (!signatures.every((one) => isVouchedFor(vouch, approval, one)))
    return 'nobody gave it a signature that stands under it';
  if (lacksPasskey(signatures, needsPasskey())) return 'a signature that stands under it is of no passkey';
  const { requester, requirements } = wanted;
  const owners = requirements.every(({ ownerMay }) => ownerMay) ? [] : [requester.owner];
  return signaturesFlaw(signatures, { requester, requirements, owners });
}
