// SPDX-License-Identifier: Apache-2.0
import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from '@simplewebauthn/server';
import { isoBase64URL, parseAuthenticatorData } from '@simplewebauthn/server/helpers';
import type { Person } from '../approvals/approval.ts';
import type { Collection, PasskeyDocument } from '../store/store.ts';
import { isInUse, isOf, type Passkey } from './passkeys.ts';
import type { WebAuthnSite } from './web-authn-site.ts';

/** Why an assertion over a challenge is none of a person's passkeys. */
export type PasskeyUseProblem =
  /** It is of a passkey that is none of this person's. */
  | 'ERR_PASSKEY_UNKNOWN'
  /** It does not hold: its signature, its site, or that its authenticator checked who used it. */
  | 'ERR_PASSKEY_ASSERTION'
  /** Its authenticator counts less than it has counted before: there may be two of it. */
  | 'ERR_PASSKEY_COUNTER';

/** A passkey that has signed, and how often it says that it has. */
export interface UsedPasskey {
  readonly passkey: Passkey;
  readonly counter: number;
}

/** Whether an authenticator counts on; undefined for what is none of one. */
function counterAfter({ value }: Passkey, assertion: AuthenticationResponseJSON): number | undefined | 'behind' {
  try {
    const { counter } = parseAuthenticatorData(isoBase64URL.toBuffer(assertion.response.authenticatorData));
    const isCounting = counter > 0 || value.counter > 0;
    return isCounting && counter <= value.counter ? 'behind' : counter;
  } catch {
    return undefined;
  }
}

/** What throws is no assertion. */
async function holds(
  assertion: AuthenticationResponseJSON,
  challenge: string,
  { id, value }: Passkey,
  { origin, rpId }: WebAuthnSite,
): Promise<boolean> {
  const { verified } = await verifyAuthenticationResponse({
    response: assertion,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    credential: { id, publicKey: isoBase64URL.toBuffer(value.publicKey), counter: value.counter },
  });
  return verified;
}

/** The passkey of a person with which a challenge was signed at a site, or why it is none. */
export async function usedPasskey(
  site: WebAuthnSite,
  challenge: string,
  assertion: AuthenticationResponseJSON,
  person: Person,
  passkeys: Collection<PasskeyDocument>,
): Promise<UsedPasskey | PasskeyUseProblem> {
  const passkey = await findPasskey(assertion.id, passkeys);
  if (passkey === undefined || !isOf(passkey, person)) return 'ERR_PASSKEY_UNKNOWN';
  const counter = counterAfter(passkey, assertion);
  if (counter === 'behind') return 'ERR_PASSKEY_COUNTER';
  if (counter === undefined || !(await holds(assertion, challenge, passkey, site).catch(() => false)))
    return 'ERR_PASSKEY_ASSERTION';
  return { passkey, counter };
}

/** Keeps how often a passkey has signed; false where it has been used, or removed, meanwhile. */
export async function keepCount(
  { passkey: { id, version, value }, counter }: UsedPasskey,
  passkeys: Collection<PasskeyDocument>,
): Promise<boolean> {
  if (counter !== value.counter) return passkeys.replace(id, version, { ...value, counter });
  const now = await passkeys.get(id);
  return now !== undefined && isInUse(now);
}

async function findPasskey(id: string, passkeys: Collection<PasskeyDocument>): Promise<Passkey | undefined> {
  const found = /^[A-Za-z0-9_-]{1,256}$/.test(id) ? await passkeys.get(id) : undefined;
  return found && isInUse(found) ? found : undefined;
}
