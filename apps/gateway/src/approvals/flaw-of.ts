// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { ApprovalDocument, ShownEffect } from './approval.ts';
import { signaturesFlaw } from './signatures-flaw.ts';

/** What an exchange knows itself of what it wants countersigned, whatever the store says. */
export type Wanted = Pick<ApprovalDocument, 'digest' | 'requester' | 'requirements' | 'effect'>;

function shownOf({ summary, changes, omitted }: ShownEffect) {
  return { summary, changes, omitted };
}

/**
 * Why what is stored of an approval is no countersignature of what an exchange wants, made from its signatures again: that
 * a document says `approved` proves nothing. Undefined where nothing speaks against it. Who can write signatures into the
 * store can still make some that hold.
 */
export function flawOf({ digest, signatures, effect }: ApprovalDocument, wanted: Wanted): string | undefined {
  if (digest !== wanted.digest) return 'it is of another request';
  // Of what is made, the API server shows something else each time: names, addresses, uids.
  const isRepeatable = wanted.effect.object !== undefined;
  if (isRepeatable && !isDeepStrictEqual(shownOf(effect), shownOf(wanted.effect)))
    return 'people were shown something else than it does';
  const { requester, requirements } = wanted;
  const owners = requirements.every(({ ownerMay }) => ownerMay) ? [] : [requester.owner];
  return signaturesFlaw(signatures, { requester, requirements, owners });
}
