// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { challengeOf, countersignatureProblem, type Said, type Statement, saidDigest } from '@countersign/evidence';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { isoBase64URL } from '@simplewebauthn/server/helpers';
import type { Countersignature } from '../approvals/approval.ts';
import { sealedCrypto } from '../log/sealed-crypto.ts';
import { sha256 } from '../log/sha256.ts';
import type { Collection, PasskeyDocument } from '../store/store.ts';
import type { Challenges } from './challenges.ts';
import { subjectPublicKeyInfo } from './cose-key.ts';
import { passkeyCrypto } from './passkey-crypto.ts';
import { type Passkey, passkeysOf } from './passkeys.ts';
import { challengeIn } from './register-passkey.ts';
import { keepCount, type PasskeyUseProblem, usedPasskey } from './use-passkey.ts';
import type { WebAuthnSite } from './web-authn-site.ts';

export interface CountersignParts {
  readonly passkeys: Collection<PasskeyDocument>;
  readonly challenges: Challenges;
}

/** A verdict as it is about to be signed, but for its nonce. */
export interface Unsigned extends Said, Omit<Statement, 'said'> {}

/** Why an assertion is no countersignature of a verdict. */
export type AssertionProblem =
  | PasskeyUseProblem
  /** Nobody was asked for it, or not this person, or it has been answered: it is shown once more, or too late. */
  | 'ERR_PASSKEY_CHALLENGE'
  /** It was asked for, and made, over something else. */
  | 'ERR_PASSKEY_STATEMENT';

const NONCE_BYTES = 32;
const TIMEOUT_MS = 5 * 60_000;

function statementOf(unsigned: Unsigned, nonce: Uint8Array): Statement {
  const { approval, digest, shown, verdict, approver, reason } = unsigned;
  return { approval, digest, shown, verdict, said: saidDigest(sealedCrypto.hmacSha256, nonce, { approver, reason }) };
}

/** What a browser needs to have a verdict signed with a passkey of its person, one of whom they have. */
export async function verdictOptions(
  { rpId }: WebAuthnSite,
  unsigned: Unsigned,
  { passkeys, challenges }: CountersignParts,
): Promise<PublicKeyCredentialRequestOptionsJSON | 'ERR_PASSKEY_NONE' | 'ERR_PASSKEY_TOO_MANY'> {
  const own = (await passkeysOf(passkeys, unsigned.approver)).filter(({ value }) => value.rpId === rpId);
  if (own.length === 0) return 'ERR_PASSKEY_NONE';
  const nonce = randomBytes(NONCE_BYTES);
  const challenge = new Uint8Array(challengeOf(sha256, statementOf(unsigned, nonce)));
  const id = isoBase64URL.fromBuffer(challenge);
  if (!(await challenges.issue(id, 'verdict', unsigned.approver, nonce.toString('base64url'))))
    return 'ERR_PASSKEY_TOO_MANY';
  return generateAuthenticationOptions({
    rpID: rpId,
    allowCredentials: own.map((passkey) => ({ id: passkey.id })),
    challenge,
    timeout: TIMEOUT_MS,
    userVerification: 'required',
  });
}

/**
 * The countersignature that an assertion is of a verdict, or why it is none. Whatever comes of it, the challenge is used
 * up: an assertion is shown once.
 */
export async function countersign(
  site: WebAuthnSite,
  unsigned: Unsigned,
  assertion: AuthenticationResponseJSON,
  { passkeys, challenges }: CountersignParts,
): Promise<Countersignature | AssertionProblem> {
  const challenge = await Promise.try(challengeIn, assertion.response.clientDataJSON).catch(() => undefined);
  if (challenge === undefined) return 'ERR_PASSKEY_ASSERTION';
  const issued = await challenges.take(challenge, 'verdict', unsigned.approver);
  if (issued?.nonce === undefined) return 'ERR_PASSKEY_CHALLENGE';
  const statement = statementOf(unsigned, Buffer.from(issued.nonce, 'base64url'));
  // Made again of what is said now: that it was signed is not enough, it must be this that was.
  if (isoBase64URL.fromBuffer(new Uint8Array(challengeOf(sha256, statement))) !== challenge)
    return 'ERR_PASSKEY_STATEMENT';
  const used = await usedPasskey(site, challenge, assertion, unsigned.approver, passkeys);
  if (typeof used === 'string') return used;
  const { passkey } = used;
  const signed = signedOf(assertion);
  // By the rules of who will look at it in the log, too.
  if (countersignatureProblem(passkeyCrypto, statement, signed, keyOf(passkey))) return 'ERR_PASSKEY_ASSERTION';
  if (!(await keepCount(used, passkeys))) return 'ERR_PASSKEY_COUNTER';
  return { passkey: passkey.id, shown: statement.shown, said: statement.said, nonce: issued.nonce, ...signed };
}

function signedOf({ response }: AuthenticationResponseJSON) {
  const { clientDataJSON: clientData, authenticatorData, signature } = response;
  return { clientData, authenticatorData, signature };
}

function keyOf({ value }: Passkey) {
  const { algorithm, rpId } = value;
  return { algorithm, rpId, publicKey: subjectPublicKeyInfo(isoBase64URL.toBuffer(value.publicKey)) };
}
