// SPDX-License-Identifier: Apache-2.0
import type { Requester, Requirement, Signature } from './approval.ts';
import { isOnePerson } from './one-person.ts';
import { missingOf } from './quorum.ts';
import { separationOf } from './separation.ts';
import { isSame } from './verdict.ts';

/** What signatures must make up for. */
export interface Countersigning {
  readonly requester: Requester;
  readonly requirements: readonly Requirement[];
  /** Who must not stand under it, as owners are named. */
  readonly owners: readonly string[];
}

/**
 * Why signatures are not all that is wanted, counted again: distinct people, nobody who asked, no owner, as many of each
 * group as its rules want. Undefined where nothing speaks against them.
 */
export function signaturesFlaw(
  signatures: readonly Signature[],
  { requester, requirements, owners }: Countersigning,
): string | undefined {
  const isTwice = (one: Signature, at: number) => signatures.slice(0, at).some((other) => isOnePerson(one, other));
  if (signatures.some(isTwice)) return 'one person stands twice under it';
  const own = [requester, ...requester.act];
  if (signatures.some(({ by }) => own.some((one) => isSame(one, by)))) return 'who asked stands under it';
  const isOwner = ({ by, groups }: Signature) =>
    owners.some((owner) => separationOf(owner, [by.subject], groups) === 'owner');
  if (signatures.some(isOwner)) return 'the owner stands under it';
  return missingOf(requirements, signatures).length > 0 ? 'not all who must have countersigned it' : undefined;
}
