// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import type { ApprovalDocument } from './approval.ts';
import { isAsAsked } from './card.ts';
import { shownFlaw, type Wanted } from './shown-flaw.ts';
import { signaturesFlaw } from './signatures-flaw.ts';

/**
 * Why what is stored of an approval is no countersignature of what an exchange wants, made from its signatures again: that
 * a document says `approved` proves nothing. Undefined where nothing speaks against it. Who can write signatures into the
 * store can still make some that hold.
 */
export function flawOf(
  approval: { readonly id: string; readonly value: ApprovalDocument },
  wanted: Wanted,
  hmac: Hmac,
): string | undefined {
  const { digest, signatures } = approval.value;
  if (digest !== wanted.digest) return 'it is of another request';
  if (!isAsAsked(hmac, approval)) return 'what people were shown is not what was asked';
  const flaw = shownFlaw(approval.value, wanted);
  if (flaw !== undefined) return flaw;
  const { requester, requirements } = wanted;
  const owners = requirements.every(({ ownerMay }) => ownerMay) ? [] : [requester.owner];
  return signaturesFlaw(signatures, { requester, requirements, owners });
}
