// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import { everyDocument } from '../store/every-document.ts';
import type { Store } from '../store/store.ts';

/** Who a token is of: `issuer` is its `iss`, `subject` its `sub`. */
interface Holder {
  readonly issuer: string;
  readonly subject: string;
}

/** The person of a token as sessions of the console name them: a SHA-256, in hex. */
export function personId({ issuer, subject }: Holder): string {
  return hash('sha256', JSON.stringify([issuer, subject]));
}

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
  const person = personId({ issuer, subject });
  return (await everyDocument(consoleSessions)).some(({ value }) => value.person === person);
}
