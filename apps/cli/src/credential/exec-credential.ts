// SPDX-License-Identifier: Apache-2.0
import { decodeJwt } from 'jose';
import { CliError } from '../cli-error.ts';

const EXEC_API_VERSION = 'client.authentication.k8s.io/v1';
/** How long before a token's end a client asks for the next: the gateway gives no leeway for `exp`. */
const MARGIN_MS = 30_000;

/**
 * Checks what the client says in `KUBERNETES_EXEC_INFO`; without it the command was run by hand.
 * @throws CliError (3) when it asks for another version of ExecCredential
 * @see https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 */
export function assertExecInfo(text: string | undefined): void {
  if (text === undefined) return;
  let info: unknown;
  try {
    info = JSON.parse(text);
  } catch (cause) {
    throw new CliError(3, 'KUBERNETES_EXEC_INFO is not JSON', { cause });
  }
  const version = typeof info === 'object' && info !== null && 'apiVersion' in info ? info.apiVersion : undefined;
  if (version !== EXEC_API_VERSION) {
    throw new CliError(3, `the kubeconfig's exec entry must have apiVersion ${EXEC_API_VERSION}`);
  }
}

/** When the token ends, in milliseconds since the epoch, as its `exp` says. */
function readExpiry(token: string, origin: string): number {
  try {
    const { exp } = decodeJwt(token);
    if (typeof exp === 'number') return exp * 1000;
  } catch {
    // Said below: the error would quote the token.
  }
  throw new CliError(1, `${origin} gave no JWT with an expiry, and the gateway takes nothing else`);
}

/**
 * The ExecCredential that a client reads from stdout. Its expiry lies a little before the token's, so that the client
 * comes back while the old token is still good.
 * @throws CliError (1) when the token is no JWT or has expired
 */
export function execCredential(token: string, origin: string, nowMs: number): string {
  const expiresAt = readExpiry(token, origin);
  if (expiresAt <= nowMs) {
    throw new CliError(1, `${origin} gave a token that expired at ${new Date(expiresAt).toISOString()}: renew it`);
  }
  const margin = Math.min(MARGIN_MS, (expiresAt - nowMs) / 10);
  const expirationTimestamp = new Date(expiresAt - margin).toISOString().replace(/\.\d+Z$/, 'Z');
  return JSON.stringify({
    apiVersion: EXEC_API_VERSION,
    kind: 'ExecCredential',
    status: { expirationTimestamp, token },
  });
}
