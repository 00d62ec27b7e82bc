// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import {
  assertMaskableAnswer,
  createMasker,
  type Hmac,
  learnFromWrite,
  type MaskingPlan,
  maskingFor,
} from '@countersign/mask';
import type { Forwarded, Masked } from '../exchange.ts';
import type { Stage } from '../lane-table.ts';
import type { UpstreamResponse } from '../tunnel/clusters.ts';

const NONCE_BYTES = 16;

/** One value of a header that may stand once. */
function headerOf({ headers }: UpstreamResponse, name: string): string | undefined {
  return headers.find(([found]) => found === name)?.[1];
}

/** A watch that fails is answered with one document, not with events. */
function planFor({ request, response }: Forwarded): MaskingPlan | undefined {
  const plan = maskingFor(request);
  return plan && response.status !== 200 ? { ...plan, shape: 'object-or-list' } : plan;
}

/** Puts a masker in the way of every body that may hold what must be masked; what it can't read is withheld. */
export function mask(hmac: Hmac): Stage<Forwarded, Masked> {
  return (exchange) => {
    const plan = planFor(exchange);
    if (plan === undefined || (exchange.made.decision.effect === 'allow' && exchange.made.decision.reveal)) {
      return { ...exchange, masker: undefined };
    }
    const { response, body, cluster } = exchange;
    assertMaskableAnswer(headerOf(response, 'content-type'), headerOf(response, 'content-encoding'));
    const learned = plan.isWriteAnswer && body ? { learned: learnFromWrite(body.bytes) } : {};
    return { ...exchange, masker: createMasker(plan, { hmac, cluster, nonce: randomBytes(NONCE_BYTES), ...learned }) };
  };
}
