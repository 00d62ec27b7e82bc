// SPDX-License-Identifier: Apache-2.0
import { type KubeRequest, negotiateAccept, withQueryValue, withWholeObjects } from '@countersign/kube';
import { findSelectedValue, type MaskingPlan, maskingFor } from '@countersign/mask';
import type { Approved, Negotiated } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { isRevealed } from '../is-revealed.ts';

/**
 * Settles what of the answer will be masked, which the decision says, and so in which forms it may be asked for: what is
 * masked, or joined with an answer of our own, comes as JSON, and metadata of what may repeat a value with their object.
 * @throws KubeError `ERR_KUBE_NOT_ACCEPTABLE`
 */
export function negotiate(exchange: Approved): Negotiated | Fault {
  const { request, lane, headers, upgrade } = exchange;
  const masking = isRevealed(exchange.made.decision) ? undefined : maskingFor(request);
  const selected = masking && selectedValue(request, masking);
  if (selected !== undefined) return new Fault('ERR_MASKED_VALUE_SELECTED', selected);
  const jsonOnly = lane === 'review' || masking !== undefined;
  // A session's answer is its connection; the API server takes no Accept for it that asks for JSON alone.
  const asked = upgrade ? undefined : negotiateAccept(headers.accept, request, { lane, jsonOnly });
  if (masking?.rules.needsObjects !== true || asked === undefined) {
    return { ...exchange, masking, accept: asked, metadataAs: undefined, rowsAs: undefined };
  }
  const isTable = asked.includes(';as=Table');
  const { accept, metadataAs, tableAs } = withWholeObjects(asked, masking);
  const rowsAs = masking.rules.hasTables && !asksForObjects(request) ? tableAs : undefined;
  return { ...exchange, request: isTable ? withObjects(request) : request, masking, accept, metadataAs, rowsAs };
}

function selectedValue(request: KubeRequest, masking: MaskingPlan): string | undefined {
  return request.kind === 'resource' ? findSelectedValue(request.fieldSelector, masking) : undefined;
}

function asksForObjects({ query }: KubeRequest): boolean {
  return query.some(({ name, value }) => name === 'includeObject' && value === 'Object');
}

/** The same with whole objects in the rows of a Table. */
function withObjects(request: KubeRequest): KubeRequest {
  return { ...request, query: withQueryValue(request.query, 'includeObject', 'Object') };
}
