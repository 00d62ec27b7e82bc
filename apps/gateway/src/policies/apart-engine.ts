// SPDX-License-Identifier: Apache-2.0
import type { EngineAnswer, EngineCall, PreparedPolicies } from '@countersign/policy';
import { CedarEngine } from './cedar.ts';

/** A question to the engine of another thread. */
export interface ApartQuestion {
  /** Names the rules: no others ever have this name. */
  readonly key: string;
  /** The rules, by key, where that thread may not have them. */
  readonly policies: ReadonlyMap<string, string> | undefined;
  readonly call: EngineCall;
}

export type ApartAnswer =
  | { readonly kind: 'answered'; readonly answer: EngineAnswer }
  /** Asked without rules that are not there. */
  | { readonly kind: 'unprepared' };

/** A cluster has some ten slices with rules of their own. */
const MAX_PREPARED = 64;

/** An engine that keeps the rules that it was asked about last. */
export class ApartEngine {
  readonly #engine = new CedarEngine();
  /** By the key of the question, the one that was asked longest ago first. */
  readonly #prepared = new Map<string, PreparedPolicies>();

  answer({ key, policies, call }: ApartQuestion): ApartAnswer {
    const prepared = this.#prepared.get(key) ?? (policies && this.#engine.prepare(policies));
    if (!prepared) return { kind: 'unprepared' };
    this.#prepared.delete(key);
    this.#prepared.set(key, prepared);
    if (this.#prepared.size > MAX_PREPARED) this.#forgetOldest();
    return { kind: 'answered', answer: this.#engine.evaluate(prepared, call) };
  }

  #forgetOldest(): void {
    for (const [key, prepared] of this.#prepared) {
      this.#prepared.delete(key);
      this.#engine.release(prepared);
      return;
    }
  }
}
