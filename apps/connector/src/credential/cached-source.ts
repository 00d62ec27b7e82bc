// SPDX-License-Identifier: Apache-2.0
import { UpstreamError } from '../connector-error.ts';
import type { ClusterCredential, CredentialSource } from './cluster-credential.ts';

const FRESH_MS = 1_000;

/**
 * Reads a credential when it is asked for, at most once a second and never twice at the same time. A failed read is an
 * error for whoever waits; the credential before it is not used on.
 */
export function cachedSource(
  read: () => Promise<ClusterCredential>,
  options: { readonly now: () => Date; readonly onReject?: () => void },
): CredentialSource {
  let cached: { readonly at: number; readonly value: Promise<ClusterCredential> } | undefined;
  return {
    current() {
      const at = options.now().getTime();
      if (cached && at - cached.at < FRESH_MS) return cached.value;
      const value = read().catch((cause: unknown) => {
        throw new UpstreamError('credential-unavailable', false, { cause });
      });
      cached = { at, value };
      return value;
    },
    reject() {
      cached = undefined;
      options.onReject?.();
    },
  };
}
