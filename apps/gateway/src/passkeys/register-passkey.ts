// SPDX-License-Identifier: Apache-2.0
import { hash, randomBytes } from 'node:crypto';
import {
  type AuthenticationResponseJSON,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { decodeAttestationObject, decodeClientDataJSON, isoBase64URL } from '@simplewebauthn/server/helpers';
import type { Person } from '../approvals/approval.ts';
import type { Log } from '../log/log.ts';
import type { Collection, PasskeyDocument } from '../store/store.ts';
import type { Challenges } from './challenges.ts';
import { ALGORITHMS, algorithmOf, subjectPublicKeyInfo } from './cose-key.ts';
import { registeredRecord } from './passkey-records.ts';
import { type Passkey, passkeysOf, removedPasskeysOf } from './passkeys.ts';
import { firstProblem, type Registrant, type VouchProblem, vouchedBy, vouchOptions } from './vouch.ts';
import type { WebAuthnSite } from './web-authn-site.ts';

export interface RegisterPasskeyParts {
  readonly passkeys: Collection<PasskeyDocument>;
  readonly challenges: Challenges;
  readonly log: Log;
  readonly now: () => Date;
}

/** Why a passkey is not registered. */
export type RegistrationProblem =
  | VouchProblem
  /** The person has as many as one person may have, or has left too many challenges unanswered. */
  | 'ERR_PASSKEY_TOO_MANY'
  /** Nobody was asked for it, or not this person, or it has been answered, or too late. */
  | 'ERR_PASSKEY_CHALLENGE'
  /** It is no answer of an authenticator to it, or of one that this gateway takes nothing from. */
  | 'ERR_PASSKEY_RESPONSE'
  | 'ERR_PASSKEY_KNOWN';

const MAX_OF_PERSON = 16;
const CHALLENGE_BYTES = 32;
const TIMEOUT_MS = 5 * 60_000;
/** As an id of the store. */
const MAX_ID_LENGTH = 256;

/** Tells an authenticator people apart, and says nothing of them. */
function userIdOf({ issuer, subject }: Person): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash('sha256', `${issuer}\n${subject}`, 'buffer'));
}

/** What a browser needs to make a passkey, and to have one that is there vouch for it, if any is. */
export interface RegistrationOptions {
  readonly options: PublicKeyCredentialCreationOptionsJSON;
  readonly vouch?: PublicKeyCredentialRequestOptionsJSON;
}

/** What a browser needs to make a passkey for a person, or why none of theirs would be registered. */
export async function registrationOptions(
  site: WebAuthnSite,
  person: Registrant,
  parts: RegisterPasskeyParts,
): Promise<RegistrationOptions | RegistrationProblem> {
  const { passkeys, challenges } = parts;
  const present = await passkeysOf(passkeys, person);
  if (present.length >= MAX_OF_PERSON) return 'ERR_PASSKEY_TOO_MANY';
  const problem = await firstProblem(site, person, parts);
  if (problem) return problem;
  const challenge = new Uint8Array(randomBytes(CHALLENGE_BYTES));
  const id = isoBase64URL.fromBuffer(challenge);
  if (!(await challenges.issue(id, 'registration', person))) return 'ERR_PASSKEY_TOO_MANY';
  const vouch = await vouchOptions(site, person, id, parts);
  const options = await creationOptions(site, person, challenge, present);
  return { options, ...(vouch === undefined ? {} : { vouch }) };
}

function creationOptions(
  { rpId }: WebAuthnSite,
  person: Person,
  challenge: Uint8Array<ArrayBuffer>,
  present: readonly Passkey[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpName: 'Countersign',
    rpID: rpId,
    userName: person.subject,
    userDisplayName: person.subject,
    userID: userIdOf(person),
    challenge,
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: present.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: [...ALGORITHMS],
  });
}

/** Whether it brings no certificates: nobody asked for any, and looking into them may mean to fetch what they name. */
function isWithoutCertificates(attestationObject: string): boolean {
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
  const format = decoded.get('fmt');
  return format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined);
}

/** The challenge that an answer says it answers. @throws TypeError where it is no answer */
export function challengeIn(clientDataJson: string): string {
  const { challenge } = decodeClientDataJSON(clientDataJson);
  if (typeof challenge !== 'string') throw new TypeError('there is no challenge in it');
  return challenge;
}

/** What an authenticator says of a new passkey, if that holds; what is not read throws. */
async function verified(response: RegistrationResponseJSON, challenge: string, { origin, rpId }: WebAuthnSite) {
  if (!isWithoutCertificates(response.response.attestationObject)) return undefined;
  const { verified: holds, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...ALGORITHMS],
  });
  if (!holds || registrationInfo.credential.id.length > MAX_ID_LENGTH) return undefined;
  const { id, publicKey, counter } = registrationInfo.credential;
  const algorithm = algorithmOf(publicKey);
  return algorithm === undefined
    ? undefined
    : { id, publicKey, counter, algorithm, info: subjectPublicKeyInfo(publicKey) };
}

/** What a browser brings to register a passkey. */
export interface Registration {
  readonly name: string;
  readonly response: RegistrationResponseJSON;
  /** Of one that the person has. */
  readonly assertion: AuthenticationResponseJSON | undefined;
}

/**
 * Registers the passkey that a browser made. It is on record first: what a crash leaves between is a record of a passkey
 * that nobody can use.
 */
export async function registerPasskey(
  site: WebAuthnSite,
  person: Registrant,
  { response, name, assertion }: Registration,
  parts: RegisterPasskeyParts,
): Promise<Passkey | RegistrationProblem> {
  const { passkeys, challenges, log, now } = parts;
  const challenge = await Promise.try(challengeIn, response.response.clientDataJSON).catch(() => undefined);
  if (challenge === undefined) return 'ERR_PASSKEY_RESPONSE';
  if (!(await challenges.take(challenge, 'registration', person))) return 'ERR_PASSKEY_CHALLENGE';
  const made = await verified(response, challenge, site).catch(() => undefined);
  if (made === undefined) return 'ERR_PASSKEY_RESPONSE';
  if ((await passkeysOf(passkeys, person)).length >= MAX_OF_PERSON) return 'ERR_PASSKEY_TOO_MANY';
  if (await passkeys.get(made.id)) return 'ERR_PASSKEY_KNOWN';
  const vouched = await vouchedBy(site, person, challenge, assertion, parts);
  if (typeof vouched === 'string') return vouched;
  const { issuer, subject } = person;
  const value: PasskeyDocument = {
    ...{ issuer, subject, name, algorithm: made.algorithm, counter: made.counter },
    publicKey: Buffer.from(made.publicKey).toString('base64url'),
    rpId: site.rpId,
    createdAt: now().toISOString(),
  };
  const about = { publicKey: made.info, origin: site.origin, vouchedBy: vouched.passkey };
  await log.append([registeredRecord(made.id, value, about)]);
  if (!(await passkeys.insert(made.id, value))) return 'ERR_PASSKEY_KNOWN';
  // With this one there, no login makes a first one of another.
  for (const removed of await removedPasskeysOf(passkeys, person)) await passkeys.remove(removed.id, removed.version);
  return { id: made.id, version: 1, value };
}
