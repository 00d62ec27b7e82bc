// SPDX-License-Identifier: Apache-2.0
import { laneOf, negotiateAccept, parseRequest } from '@countersign/kube';
import { maskingFor } from '@countersign/mask';
import type { Admitted, Parsed } from '../exchange.ts';
import { Fault } from '../faults.ts';

/** Reads the target as the API server would, once: what is judged from here on is what is sent. */
export function parse(exchange: Admitted): Parsed | Fault {
  if (exchange.headers.upgrade !== undefined) return new Fault('ERR_UPGRADE_UNSUPPORTED');
  const request = parseRequest(exchange.incoming.method, exchange.target);
  const lane = laneOf(request);
  if (lane === undefined) {
    const what =
      request.kind === 'resource' ? `${request.verb} ${request.resource}/${request.subresource}` : request.path;
    return new Fault('ERR_NO_LANE', what.replace(/\/$/, ''));
  }
  const jsonOnly = lane === 'review' || maskingFor(request) !== undefined;
  return { ...exchange, request, lane, accept: negotiateAccept(exchange.headers.accept, request, { lane, jsonOnly }) };
}
