// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { Hmac } from '@countersign/mask';
import type { ApprovalDocument, ShownEffect } from './approval.ts';
import { isAsAsked } from './card.ts';
import { signaturesFlaw } from './signatures-flaw.ts';

/** What an exchange knows itself of what it wants countersigned, whatever the store says. */
export type Wanted = Pick<ApprovalDocument, 'digest' | 'requester' | 'requirements' | 'effect'> & {
  /** Of a plan: which of its members this is, by digest, and which it was found among. */
  readonly member?: { readonly digest: string; readonly among: readonly string[] };
};

function shownOf({ summary, changes, omitted }: ShownEffect) {
  return { summary, changes, omitted };
}

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
  const shown = shownFor(approval.value, wanted);
  if (digest !== wanted.digest || shown === undefined) return 'it is of another request';
  if (!isAsAsked(hmac, approval)) return 'what people were shown is not what was asked';
  // Of what is made, the API server shows something else each time: names, addresses, uids.
  const isRepeatable = wanted.effect.object !== undefined || wanted.effect.objects !== undefined;
  if (isRepeatable && !isDeepStrictEqual(shownOf(shown), shownOf(wanted.effect)))
    return 'people were shown something else than it does';
  const { requester, requirements } = wanted;
  const owners = requirements.every(({ ownerMay }) => ownerMay) ? [] : [requester.owner];
  return signaturesFlaw(signatures, { requester, requirements, owners });
}

/** What people were shown of a request: all that there is, or its part of a plan, which is what it was when it was found. */
function shownFor({ effect, members }: ApprovalDocument, { member }: Wanted): ShownEffect | undefined {
  if (members === undefined || member === undefined) return members === member ? effect : undefined;
  const isSame = isDeepStrictEqual(
    members.map(({ digest }) => digest),
    member.among,
  );
  return isSame ? members.find(({ digest }) => digest === member.digest)?.effect : undefined;
}
