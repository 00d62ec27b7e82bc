// SPDX-License-Identifier: Apache-2.0
import type { Person } from '../approvals/approval.ts';
import { everyDocument } from '../store/every-document.ts';
import type { Collection, PasskeyDocument, Versioned } from '../store/store.ts';

export type Passkey = Versioned<PasskeyDocument>;

/** Whether a passkey is a person's: subjects are unique by issuer alone. */
export function isOf({ value }: Passkey, { issuer, subject }: Person): boolean {
  return value.issuer === issuer && value.subject === subject;
}

/** Whether it signs anything yet: one that its person removed does not. */
export function isInUse({ value }: Passkey): boolean {
  return value.removedAt === undefined;
}

/** All passkeys of a person, in order of id. */
export async function passkeysOf(passkeys: Collection<PasskeyDocument>, person: Person): Promise<readonly Passkey[]> {
  return (await everyDocument(passkeys)).filter((one) => isOf(one, person) && isInUse(one));
}

/** Those that a person has removed, as long as they have no other. */
export async function removedPasskeysOf(
  passkeys: Collection<PasskeyDocument>,
  person: Person,
): Promise<readonly Passkey[]> {
  return (await everyDocument(passkeys)).filter((one) => isOf(one, person) && !isInUse(one));
}
