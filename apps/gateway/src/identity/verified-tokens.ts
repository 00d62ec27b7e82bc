// SPDX-License-Identifier: Apache-2.0
import type { ClaimedFacts } from './token-claims.ts';

/** How long a verification serves again, so that a burst of requests with one token is verified once. */
const VERIFIED_FOR_MS = 60_000;
const MAX_ENTRIES = 1_024;

interface Entry {
  readonly claimed: ClaimedFacts;
  readonly verifiedAt: number;
}

/**
 * Tokens verified within the last minute, by the digest of their bytes (the tokens themselves are not kept). At most
 * 1,024, the least recently used going first. Expiry and `nbf` are checked at each use.
 */
export class VerifiedTokens {
  readonly #entries = new Map<string, Entry>();

  get(digest: string, nowMs: number): ClaimedFacts | undefined {
    const entry = this.#entries.get(digest);
    if (!entry) return undefined;
    this.#entries.delete(digest);
    const { claimed, verifiedAt } = entry;
    const fresh = nowMs >= verifiedAt && nowMs < verifiedAt + VERIFIED_FOR_MS;
    if (!fresh || nowMs >= claimed.facts.expiresAt || nowMs < claimed.notBefore) return undefined;
    this.#entries.set(digest, entry);
    return claimed;
  }

  add(claimed: ClaimedFacts, nowMs: number): void {
    this.#entries.set(claimed.facts.credentialDigest, { claimed, verifiedAt: nowMs });
    if (this.#entries.size > MAX_ENTRIES) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
  }
}
