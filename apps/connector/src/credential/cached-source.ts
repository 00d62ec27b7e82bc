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
  let reading: Promise<ClusterCredential> | undefined;
  let last: { readonly at: number; readonly value: Promise<ClusterCredential> } | undefined;
  const isFresh = (at: number): boolean => {
    const age = options.now().getTime() - at;
    // The clock may have been set back.
    return age >= 0 && age < FRESH_MS;
  };
  const begin = (): Promise<ClusterCredential> => {
    const value = read().catch((cause: unknown) => {
      throw new UpstreamError('credential-unavailable', false, { cause });
    });
    const end = () => {
      reading = undefined;
      last = { at: options.now().getTime(), value };
    };
    value.then(end, end);
    return value;
  };
  return {
    current() {
      if (reading) return reading;
      if (last && isFresh(last.at)) return last.value;
      reading = begin();
      return reading;
    },
    reject: () => options.onReject?.(),
  };
}
