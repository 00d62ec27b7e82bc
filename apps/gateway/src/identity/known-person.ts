// SPDX-License-Identifier: Apache-2.0
import { everyDocument } from '../store/every-document.ts';
import type { Store } from '../store/store.ts';
import { type Holder, holderId } from './holder-id.ts';

/**
 * Whether these tokens are known to be a person's: they have, or had, a passkey, or are logged in to the console. An agent can have
 * neither.
 * @throws StoreError
 */
export async function isKnownPerson(
  { passkeys, consoleSessions }: Pick<Store, 'passkeys' | 'consoleSessions'>,
  { issuer, subject }: Holder,
): Promise<boolean> {
  const hasPasskey = ({ value }: { readonly value: Holder }) => value.issuer === issuer && value.subject === subject;
  if ((await everyDocument(passkeys)).some(hasPasskey)) return true;
  const person = holderId({ issuer, subject });
  return (await everyDocument(consoleSessions)).some(({ value }) => value.person === person);
}
