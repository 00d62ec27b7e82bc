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
import { boundedInflate } from '../bounded-inflate.ts';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { reasonOf } from '../respond/reason-of.ts';

const NONCE_BYTES = 16;
const MAX_CAUSES = 32;

/** An answer of upstream that is no success. */
interface Refusal {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** The answer as the agent may see it; undefined where it is in no form that can be masked. */
function maskedStatus({ request, cluster, body }: Decided, bytes: Uint8Array, hmac: Hmac): JsonValue | undefined {
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

/** Upstream's no to a question of the gateway's own, in upstream's words as far as they may be seen. */
export function upstreamRefusal(
  exchange: Decided,
  { status, bytes }: Refusal,
  { hmac }: { readonly hmac: Hmac },
): Fault {
  const answer = maskedStatus(exchange, bytes, hmac);
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
