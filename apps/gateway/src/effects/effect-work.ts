// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '@countersign/kube';
import { type Hmac, MaskError } from '@countersign/mask';
import { Fault } from '../faults.ts';
import { faultOf } from '../respond/fault-of.ts';
import { dryRunOf } from './dry-run-of.ts';
import { dryRunPathsOf } from './dry-run-paths.ts';
import { placeOf } from './place-of.ts';
import { tellEffect } from './tell-effect.ts';
import { refusalFrom } from './upstream-refusal.ts';

/** What can be found out from bytes alone, here or in another thread: plain data in, plain data or a fault out. */
const works = {
  effect: tellEffect,
  'dry-run': dryRunOf,
  'dry-run-paths': dryRunPathsOf,
  place: placeOf,
  refusal: refusalFrom,
} as const;

export type EffectWorkKind = keyof typeof works;
export type QuestionOf<K extends EffectWorkKind> = Parameters<(typeof works)[K]>[0];
export type AnswerOf<K extends EffectWorkKind> = ReturnType<(typeof works)[K]>;

/** Does one of them. Broken input and what can't be masked are faults, too. */
export function doWork<K extends EffectWorkKind>(kind: K, question: QuestionOf<K>, hmac: Hmac): AnswerOf<K> | Fault {
  const work = works[kind] as (question: QuestionOf<K>, hmac: Hmac) => AnswerOf<K>;
  try {
    return work(question, hmac);
  } catch (error) {
    if (error instanceof KubeError || error instanceof MaskError) return faultOf(error);
    throw error;
  }
}

/** A question on its way to another thread. */
export interface EffectWork {
  readonly kind: EffectWorkKind;
  readonly question: QuestionOf<EffectWorkKind>;
}

/** Its answer on the way back: a fault is a class, of which only the members cross. */
export type EffectAnswer =
  | { readonly kind: 'told'; readonly told: unknown }
  | { readonly kind: 'fault'; readonly fault: Pick<Fault, 'code' | 'detail' | 'causes' | 'row' | 'retryAfterSeconds'> };

export function packed(answer: unknown): EffectAnswer {
  if (!(answer instanceof Fault)) return { kind: 'told', told: answer };
  const { code, detail, causes, row, retryAfterSeconds } = answer;
  return { kind: 'fault', fault: { code, detail, causes, row, retryAfterSeconds } };
}

export function unpacked(answer: EffectAnswer): unknown {
  if (answer.kind === 'told') return answer.told;
  const { code, detail, causes, row, retryAfterSeconds } = answer.fault;
  return new Fault(code, detail, {
    causes,
    as: row,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
