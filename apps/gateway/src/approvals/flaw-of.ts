// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { ApprovalDocument, ShownEffect } from './approval.ts';
import { missingOf } from './quorum.ts';
import { separationOf } from './separation.ts';
import { isSame } from './verdict.ts';

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
  const people = new Set(signatures.map(({ by }) => by.subject));
  if (people.size !== signatures.length) return 'one person stands twice under it';
  const own = [requester, ...requester.act];
  if (signatures.some(({ by }) => own.some((one) => isSame(one, by)))) return 'who asked stands under it';
  const ownerMay = requirements.every((one) => one.ownerMay);
  if (!ownerMay && signatures.some(({ by, groups }) => separationOf(requester.owner, [by.subject], groups) === 'owner'))
    return 'the owner stands under it';
  return missingOf(requirements, signatures).length > 0 ? 'not all who must have countersigned it' : undefined;
}
