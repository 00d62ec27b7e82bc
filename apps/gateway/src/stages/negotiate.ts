// SPDX-License-Identifier: Apache-2.0
import { negotiateAccept } from '@countersign/kube';
import { maskingFor } from '@countersign/mask';
import type { Decided, Negotiated } from '../exchange.ts';
import { isRevealed } from '../is-revealed.ts';

/**
 * Settles what of the answer will be masked, which the decision says, and so in which forms it may be asked for: what is
 * masked, or joined with an answer of our own, comes as JSON.
 * @throws KubeError `ERR_KUBE_NOT_ACCEPTABLE`
 */
export function negotiate(exchange: Decided): Negotiated {
  const { request, lane, headers, upgrade } = exchange;
  const masking = isRevealed(exchange) ? undefined : maskingFor(request);
  const jsonOnly = lane === 'review' || masking !== undefined;
  // A session's answer is its connection; the API server takes no Accept for it that asks for JSON alone.
  const accept = upgrade ? undefined : negotiateAccept(headers.accept, request, { lane, jsonOnly });
  return { ...exchange, masking, accept };
}
