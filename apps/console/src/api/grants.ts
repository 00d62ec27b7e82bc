// SPDX-License-Identifier: Apache-2.0
import { call } from './call.ts';
import { assertPasskey } from './passkeys.ts';
import type { Grant } from './types.ts';

const pathOf = (grant: Grant): string => `/api/v1/grants/${encodeURIComponent(grant.id)}`;

/**
 * Says yes or no to a grant as it was shown, signed with a passkey of whoever is signed in.
 * @throws CallError, PasskeyError
 */
export async function signGrant(verdict: 'approve' | 'deny', shown: Grant, reason: string): Promise<Grant> {
  const said = { digest: shown.digest, reason };
  const { options } = await call<{ options: PublicKeyCredentialRequestOptionsJSON }>(
    'POST',
    `${pathOf(shown)}/challenge`,
    { verdict, ...said },
  );
  const assertion = await assertPasskey(options);
  return call('POST', `${pathOf(shown)}/${verdict}`, { ...said, assertion });
}

/** Asks for a grant for an agent of whoever is signed in: the body of `POST /api/v1/grants`. @throws CallError */
export function askForGrant(body: object): Promise<Grant> {
  return call('POST', '/api/v1/grants', body);
}

/** Ends a grant, and with it what goes on by it. @throws CallError */
export function revokeGrant(shown: Grant, reason: string): Promise<Grant> {
  return call('POST', `${pathOf(shown)}/revoke`, { reason });
}
