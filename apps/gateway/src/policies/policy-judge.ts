// SPDX-License-Identifier: Apache-2.0
import { extname } from 'node:path';
import type { EngineAnswer, EngineQuestion, PolicyEngine, Steps } from '@countersign/policy';
import { type Asker, FairThread } from '../apart/fair-thread.ts';
import type { ApartAnswer, ApartQuestion } from './apart-engine.ts';

/** A question with as many names as a body may have takes some 50 ms. */
const MAX_MS = 20_000;
const MAX_HEAP_MIB = 512;

/** Asks an engine in a thread of its own what would take it long, so that nobody else waits for that; agents take turns. */
export class PolicyJudge {
  readonly #engine: PolicyEngine;
  readonly #thread: FairThread<ApartQuestion, ApartAnswer>;

  /** `engine` holds the rules that questions name. */
  constructor(engine: PolicyEngine) {
    this.#engine = engine;
    const file = new URL(`./engine-worker${extname(import.meta.url)}`, import.meta.url);
    this.#thread = new FairThread(file, { doing: 'deciding', maxMs: MAX_MS, maxHeapMiB: MAX_HEAP_MIB });
  }

  /** Rejects with the asker's reason, and with a fault where there is no answer. */
  async run<T>(steps: Steps<T>, asker: Asker): Promise<T> {
    let step = steps.next();
    while (!step.done) step = steps.next(await this.#evaluate(step.value, asker));
    return step.value;
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  async #evaluate({ prepared, call }: EngineQuestion, asker: Asker): Promise<EngineAnswer> {
    const rules = this.#engine.rulesOf(prepared);
    if (!rules) return { ok: false, problem: 'the policies are no longer in force' };
    const key = `${prepared.slot}/${prepared.serial}`;
    const told = await this.#thread.ask({ key, call, policies: undefined }, asker);
    const answered = told.kind === 'answered' ? told : await this.#thread.ask({ key, call, policies: rules }, asker);
    return answered.kind === 'answered' ? answered.answer : { ok: false, problem: 'the policy engine failed' };
  }
}
