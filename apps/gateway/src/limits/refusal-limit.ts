// SPDX-License-Identifier: Apache-2.0

/** Counts refusals by party, so that who guesses has to wait. */
export interface RefusalLimit {
  /** True while the party has been refused too often lately. */
  isExceeded(party: string): boolean;
  /** Counts one refusal; none while the party has to wait. */
  count(party: string): void;
}

/**
 * Allows a party `burst` refusals at once and `perMinute` after that. Remembers at most `maxParties`; beyond that the
 * longest known is forgotten.
 */
export function refusalLimit(options: {
  readonly burst: number;
  readonly perMinute: number;
  readonly maxParties: number;
  readonly now: () => Date;
}): RefusalLimit {
  const parties = new Map<string, { refusals: number; at: number }>();
  const pending = (party: string): number => {
    const known = parties.get(party);
    if (!known) return 0;
    const forgotten = ((options.now().getTime() - known.at) / 60_000) * options.perMinute;
    return Math.max(0, known.refusals - forgotten);
  };
  const isExceeded = (party: string): boolean => pending(party) > options.burst - 1;
  return {
    isExceeded,
    count(party) {
      // What is tried while it has to wait must not make the wait longer: it would have no end.
      if (isExceeded(party)) return;
      const refusals = pending(party) + 1;
      parties.delete(party);
      parties.set(party, { refusals, at: options.now().getTime() });
      const oldest = parties.keys().next();
      if (parties.size > options.maxParties && !oldest.done) parties.delete(oldest.value);
    },
  };
}
