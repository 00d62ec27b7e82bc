// SPDX-License-Identifier: Apache-2.0
import { CallError, call } from './call.ts';
import type { Passkey } from './types.ts';

/** Why the browser gave no signature: the person said no, let it time out, or it can't. */
class PasskeyError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'PasskeyError';
  }
}

const CANCELLED = 'No passkey was used: it was cancelled, or took too long. Nothing was sent.';
const KNOWN = 'This device already holds a passkey of yours.';

/** What `toJSON` gives: RegistrationResponseJSON or AuthenticationResponseJSON of WebAuthn. */
type CredentialJson = ReturnType<PublicKeyCredential['toJSON']>;

/** Whether this browser can use passkeys here. */
export function canUsePasskeys(): boolean {
  return (
    globalThis.isSecureContext && typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === 'function'
  );
}

async function credentialOf(asked: () => Promise<Credential | null>): Promise<CredentialJson> {
  if (!canUsePasskeys()) throw new PasskeyError('This browser can’t use passkeys here. Try a current one.');
  const credential = await asked().catch((cause: unknown) => {
    throw new PasskeyError(
      cause instanceof DOMException && cause.name === 'InvalidStateError' ? KNOWN : CANCELLED,
      cause,
    );
  });
  if (!(credential instanceof PublicKeyCredential)) throw new PasskeyError(CANCELLED);
  return credential.toJSON();
}

/** Signs a challenge with a passkey that is registered. @throws PasskeyError */
export function assertPasskey(options: PublicKeyCredentialRequestOptionsJSON): Promise<CredentialJson> {
  return credentialOf(() =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  );
}

interface RegistrationOptions {
  readonly options: PublicKeyCredentialCreationOptionsJSON;
  /** What a passkey that is there signs, so that there may be another. */
  readonly vouch?: PublicKeyCredentialRequestOptionsJSON;
}

/** Whether a passkey was not registered because the person logged in too long ago. */
export function wantsLogin(error: unknown): boolean {
  return error instanceof CallError && error.code === 'ERR_PASSKEY_LOGIN';
}

/** Makes a passkey and registers it under a name; one that is there vouches for it. @throws CallError, PasskeyError */
export async function registerPasskey(name: string): Promise<Passkey> {
  const { options, vouch } = await call<RegistrationOptions>('POST', '/api/v1/passkeys/options');
  const assertion = vouch && (await assertPasskey(vouch));
  const response = await credentialOf(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  );
  return call('POST', '/api/v1/passkeys', { response, name, ...(assertion === undefined ? {} : { assertion }) });
}
