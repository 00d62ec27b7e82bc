// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import {
  isJsonArray,
  JsonNumber,
  type JsonValue,
  jsonAt,
  KubeError,
  parseJson,
  type StatusCause,
  type StatusReason,
  statusCodes,
} from '@countersign/kube';
import { createMasker, type Hmac, LearnedValues, MaskError, maskingFor } from '@countersign/mask';
import { askerOf } from '../apart/asker-of.ts';
import { boundedInflate } from '../bounded-inflate.ts';
import type { Decided, Gathered, JudgedBody } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { reasonOf } from '../respond/reason-of.ts';
import type { EffectParts } from './ask-dry-run.ts';

const NONCE_BYTES = 16;
const MAX_CAUSES = 32;

/** An answer of upstream that is no success, and what it was asked for. Plain data: it may go to another thread. */
export interface RefusalQuestion extends Pick<Gathered, 'request' | 'cluster'> {
  readonly body: Pick<JudgedBody, 'written'> | undefined;
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** The answer as the agent may see it; undefined where it is in no form that can be masked. */
function maskedStatus({ request, cluster, body, bytes }: RefusalQuestion, hmac: Hmac): JsonValue | undefined {
  const plan = maskingFor(request);
  if (!plan) return undefined;
  const learned = body?.written ? { learned: LearnedValues.unpack(body.written.packed) } : {};
  const masker = createMasker(plan, {
    hmac,
    cluster,
    inflate: boundedInflate,
    nonce: randomBytes(NONCE_BYTES),
    isRefusal: true,
    ...learned,
  });
  try {
    return parseJson(Buffer.concat([masker.write(bytes), masker.end()]));
  } catch (error) {
    if (error instanceof MaskError || error instanceof KubeError) return undefined;
    throw error;
  }
}

function textAt(value: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  const found = jsonAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

function causesOf(status: JsonValue | undefined): readonly StatusCause[] {
  const causes = jsonAt(status, 'details', 'causes');
  return (isJsonArray(causes) ? causes : []).slice(0, MAX_CAUSES).map((cause) => {
    const field = textAt(cause, 'field');
    const [reason = '', message = ''] = [textAt(cause, 'reason'), textAt(cause, 'message')];
    return { reason, message, ...(field === undefined ? {} : { field }) };
  });
}

function knownReason(text: string | undefined, status: number): StatusReason {
  return text !== undefined && Object.hasOwn(statusCodes, text) ? (text as StatusReason) : reasonOf(status);
}

/** What upstream answered to a question, in its words as far as they may be seen. Takes time in proportion to its length. */
export function refusalFrom(question: RefusalQuestion, hmac: Hmac): Fault {
  const { status } = question;
  const answer = maskedStatus(question, hmac);
  const isStatus = textAt(answer, 'kind') === 'Status';
  const message =
    (isStatus ? textAt(answer, 'message') : undefined) ?? `it answered ${status}, in words that can't be read`;
  const seconds = jsonAt(answer, 'details', 'retryAfterSeconds');
  const retryAfterSeconds = seconds instanceof JsonNumber ? seconds.toSafeInteger() : undefined;
  return new Fault('ERR_EFFECT_REFUSED', message, {
    causes: causesOf(answer),
    as: { status: Math.max(status, 400), reason: knownReason(textAt(answer, 'reason'), status) },
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** Upstream's no to a question of the gateway's own. Rejects as `EffectJudge` does. */
export function upstreamRefusal(
  exchange: Decided,
  { status, bytes }: Pick<RefusalQuestion, 'status' | 'bytes'>,
  { effects }: Pick<EffectParts, 'effects'>,
): Promise<Fault> {
  const { request, cluster, body } = exchange;
  const question = { request, cluster, body: body && { written: body.written }, status, bytes };
  return effects.find('refusal', question, askerOf(exchange));
}
