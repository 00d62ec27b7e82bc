// SPDX-License-Identifier: Apache-2.0
import type { EngineAnswer, EngineCall, PolicyEngine, PreparedPolicies } from './engine.ts';

/** What a decision asks of the engine. */
export interface EngineQuestion {
  readonly prepared: PreparedPolicies;
  readonly call: EngineCall;
}

/** Work that asks the engine, one question after the other, wherever that is: each step is a question, and wants its answer. */
export type Steps<T> = Generator<EngineQuestion, T, EngineAnswer>;

/** Does all of it at once, where the engine is. */
export function doSteps<T>(steps: Steps<T>, engine: PolicyEngine): T {
  let step = steps.next();
  while (!step.done) step = steps.next(engine.evaluate(step.value.prepared, step.value.call));
  return step.value;
}
