// SPDX-License-Identifier: Apache-2.0
import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import { type Refused, refused } from './authentication.ts';

/** All in milliseconds, but for the number of loads that unknown key ids may cause before they have to wait. */
export interface KeyLimits {
  /** Keys older than this are loaded again before use; when that fails they serve on. */
  readonly refreshAfterMs: number;
  /** Keys older than this are used no more. */
  readonly maxAgeMs: number;
  /** Between two loads that an unknown key id or a failure asks for. */
  readonly cooldownMs: number;
  readonly timeoutMs: number;
  readonly unknownKeyLoads: number;
  /** After which one more load for an unknown key id is allowed. */
  readonly unknownKeyRefillMs: number;
}

export const KEY_LIMITS: KeyLimits = {
  refreshAfterMs: 300_000,
  maxAgeMs: 3_600_000,
  cooldownMs: 5_000,
  timeoutMs: 5_000,
  unknownKeyLoads: 6,
  unknownKeyRefillMs: 30_000,
};

export interface KeySourceOptions {
  readonly load: (signal: AbortSignal) => Promise<JSONWebKeySet>;
  readonly now: () => number;
  readonly limits: KeyLimits;
}

export interface KeyQuery {
  readonly alg: string;
  readonly kid?: string;
}

export type KeyAnswer =
  | { readonly kind: 'key'; readonly key: CryptoKey }
  | Refused
  | { readonly kind: 'unavailable'; readonly problem: string };

interface LoadedKeys {
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly loadedAt: number;
}

async function within<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    controller.abort();
    reject(new Error(`no answer within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    return await Promise.race([work(controller.signal), promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The keys of one issuer, loaded when first asked for and kept for a time. One load at a time, shared by all who wait.
 * An unknown key id asks for a load (keys rotate), but only so often: whoever sends made-up ids makes no more requests
 * to the issuer than `limits` say. When keys can't be had, the answer is `unavailable`, never a guess.
 */
export class KeySource {
  readonly #options: KeySourceOptions;
  #keys: LoadedKeys | undefined;
  #loading: Promise<boolean> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;
  #problem = 'not loaded yet';
  #allowance: number;
  #refilledAt: number;

  constructor(options: KeySourceOptions) {
    this.#options = options;
    this.#allowance = options.limits.unknownKeyLoads;
    this.#refilledAt = options.now();
  }

  /** The one public key of the set that may verify this header: by `kty`, `crv`, `alg`, `use`, `key_ops` and `kid`. */
  async select(query: KeyQuery): Promise<KeyAnswer> {
    const { limits } = this.#options;
    const age = this.#age();
    const loaded = age < limits.refreshAfterMs || (await this.#reload());
    if (!this.#keys || (!loaded && age >= limits.maxAgeMs)) return this.#unavailable();
    const answer = await this.#find(this.#keys, query);
    if (answer.kind !== 'refused' || answer.reason !== 'unknown-key') return answer;
    if (this.#age() < limits.cooldownMs) return answer;
    if (this.#isCooling()) return this.#unavailable();
    if (!this.#takeAllowance()) return { kind: 'unavailable', problem: 'too many unknown key ids' };
    return (await this.#reload()) ? this.#find(this.#keys, query) : this.#unavailable();
  }

  /** Infinite without keys, and when the clock was set back: then nobody knows how old they are. */
  #age(): number {
    const age = this.#keys ? this.#options.now() - this.#keys.loadedAt : Number.POSITIVE_INFINITY;
    return age < 0 ? Number.POSITIVE_INFINITY : age;
  }

  #unavailable(): KeyAnswer {
    return { kind: 'unavailable', problem: this.#problem };
  }

  #takeAllowance(): boolean {
    const { now, limits } = this.#options;
    const refill = Math.floor((now() - this.#refilledAt) / limits.unknownKeyRefillMs);
    if (refill !== 0) {
      this.#allowance = Math.min(limits.unknownKeyLoads, this.#allowance + Math.max(0, refill));
      this.#refilledAt = now();
    }
    if (this.#loading) return true;
    if (this.#allowance === 0) return false;
    this.#allowance--;
    return true;
  }

  #isCooling(): boolean {
    const { now, limits } = this.#options;
    const sinceFailure = now() - this.#failedAt;
    return sinceFailure >= 0 && sinceFailure < limits.cooldownMs;
  }

  /** False when the keys could not be had, or the last failure is too recent to ask again. */
  #reload(): Promise<boolean> {
    if (this.#isCooling()) return Promise.resolve(false);
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<boolean> {
    const { load, now, limits } = this.#options;
    try {
      const find = createLocalJWKSet(await within(limits.timeoutMs, load));
      this.#keys = { find, loadedAt: now() };
      return true;
    } catch (error) {
      this.#failedAt = now();
      this.#problem = error instanceof Error ? error.message : 'unknown';
      return false;
    }
  }

  async #find({ find }: LoadedKeys, query: KeyQuery): Promise<KeyAnswer> {
    try {
      return { kind: 'key', key: await find({ ...query }) };
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return refused('unknown-key');
      if (error instanceof errors.JWKSMultipleMatchingKeys) return refused('ambiguous-key');
      return {
        kind: 'unavailable',
        problem: 'the key that the issuer publishes under this id is no usable public key',
      };
    }
  }
}
