// SPDX-License-Identifier: Apache-2.0
import { type RefusalLimit, refusalLimit } from './refusal-limit.ts';

/** A kubectl asks a dozen times before it gives up. */
const REFUSALS = { burst: 30, perMinute: 60, maxParties: 1_024 } as const;

/**
 * Who has a good token and is let in nowhere. No limit of an agent holds them, and they must not fill the log either: after
 * 30 refusals each gets one a second to itself, on whichever listener, and the others are counted.
 */
export class Strangers {
  readonly #refusals: RefusalLimit;

  constructor(now: () => Date) {
    this.#refusals = refusalLimit({ ...REFUSALS, now });
  }

  /** Counts a refusal; true where it is one too many for a record of its own. */
  isRepeating({ issuer, subject }: { readonly issuer: string; readonly subject: string }): boolean {
    const who = JSON.stringify([issuer, subject]);
    if (this.#refusals.isExceeded(who)) return true;
    this.#refusals.count(who);
    return false;
  }
}
