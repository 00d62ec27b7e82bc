// SPDX-License-Identifier: Apache-2.0

/** Counts refusals by source, so that who guesses has to wait. */
export interface RefusalLimit {
  /** True while the source has been refused too often lately. */
  isExceeded(source: string): boolean;
  count(source: string): void;
}

/**
 * Allows a source `burst` refusals at once and `perMinute` after that. Remembers at most `maxSources`; beyond that the
 * longest known is forgotten.
 */
export function refusalLimit(options: {
  readonly burst: number;
  readonly perMinute: number;
  readonly maxSources: number;
  readonly now: () => Date;
}): RefusalLimit {
  const sources = new Map<string, { refusals: number; at: number }>();
  const pending = (source: string): number => {
    const known = sources.get(source);
    if (!known) return 0;
    const forgotten = ((options.now().getTime() - known.at) / 60_000) * options.perMinute;
    return Math.max(0, known.refusals - forgotten);
  };
  return {
    isExceeded: (source) => pending(source) > options.burst - 1,
    count(source) {
      const refusals = pending(source) + 1;
      sources.delete(source);
      sources.set(source, { refusals, at: options.now().getTime() });
      const oldest = sources.keys().next();
      if (sources.size > options.maxSources && !oldest.done) sources.delete(oldest.value);
    },
  };
}
