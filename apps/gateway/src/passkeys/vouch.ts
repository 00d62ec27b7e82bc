// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { isoBase64URL } from '@simplewebauthn/server/helpers';
import type { Person } from '../approvals/approval.ts';
import type { Collection, PasskeyDocument } from '../store/store.ts';
import { passkeysOf, removedPasskeysOf } from './passkeys.ts';
import { keepCount, usedPasskey } from './use-passkey.ts';
import type { WebAuthnSite } from './web-authn-site.ts';

/** Somebody who wants to register a passkey, and since when they are there, if they logged in to the console. */
export interface Registrant extends Person {
  readonly loggedInAt: string | undefined;
}

/** Why nobody vouches for a new passkey. */
export type VouchProblem =
  /** It is the person's first one: they must have logged in a moment ago, in the console, and since they removed another. */
  | 'ERR_PASSKEY_LOGIN'
  /** One that the person has must sign that there is to be another. */
  | 'ERR_PASSKEY_VOUCH';

const FRESH_LOGIN_MS = 10 * 60_000;
const TIMEOUT_MS = 5 * 60_000;

export interface VouchParts {
  readonly passkeys: Collection<PasskeyDocument>;
  readonly now: () => Date;
}

/** What a passkey signs for another one: it follows from the challenge of its registration, and is good as long and as often. */
function vouchChallenge(registration: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash('sha256', `countersign passkey vouch 1\n${registration}`, 'buffer'));
}

async function ownOf({ rpId }: WebAuthnSite, person: Person, { passkeys }: VouchParts) {
  return (await passkeysOf(passkeys, person)).filter(({ value }) => value.rpId === rpId);
}

async function hasJustLoggedIn(person: Registrant, { passkeys, now }: VouchParts): Promise<boolean> {
  const since = Date.parse(person.loggedInAt ?? '');
  if (!(now().getTime() - since < FRESH_LOGIN_MS)) return false;
  const removed = await removedPasskeysOf(passkeys, person);
  return removed.every(({ value }) => Date.parse(value.removedAt ?? '') < since);
}

/**
 * What a browser needs to have one of a person's passkeys vouch for a new one, by the challenge of its registration; undefined
 * where this is their first one.
 */
export async function vouchOptions(
  site: WebAuthnSite,
  person: Registrant,
  registration: string,
  parts: VouchParts,
): Promise<PublicKeyCredentialRequestOptionsJSON | undefined> {
  const own = await ownOf(site, person, parts);
  if (own.length === 0) return undefined;
  return generateAuthenticationOptions({
    rpID: site.rpId,
    allowCredentials: own.map(({ id }) => ({ id })),
    challenge: vouchChallenge(registration),
    timeout: TIMEOUT_MS,
    userVerification: 'required',
  });
}

/** Why a first passkey would not be registered now; undefined where it would, or where another one can vouch for it. */
export async function firstProblem(
  site: WebAuthnSite,
  person: Registrant,
  parts: VouchParts,
): Promise<VouchProblem | undefined> {
  if ((await ownOf(site, person, parts)).length > 0) return undefined;
  return (await hasJustLoggedIn(person, parts)) ? undefined : 'ERR_PASSKEY_LOGIN';
}

/** The passkey that vouches for a new one; undefined for a first one, for which a login does. */
export async function vouchedBy(
  site: WebAuthnSite,
  person: Registrant,
  registration: string,
  assertion: AuthenticationResponseJSON | undefined,
  parts: VouchParts,
): Promise<{ readonly passkey: string | undefined } | VouchProblem> {
  if ((await ownOf(site, person, parts)).length === 0)
    return (await hasJustLoggedIn(person, parts)) ? { passkey: undefined } : 'ERR_PASSKEY_LOGIN';
  if (assertion === undefined) return 'ERR_PASSKEY_VOUCH';
  const challenge = isoBase64URL.fromBuffer(vouchChallenge(registration));
  const used = await usedPasskey(site, challenge, assertion, person, parts.passkeys);
  if (typeof used === 'string' || used.passkey.value.rpId !== site.rpId) return 'ERR_PASSKEY_VOUCH';
  return (await keepCount(used, parts.passkeys)) ? { passkey: used.passkey.id } : 'ERR_PASSKEY_VOUCH';
}
