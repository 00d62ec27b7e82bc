// SPDX-License-Identifier: Apache-2.0
import { factsOf, needsObject, type PolicyInput } from '@countersign/policy';
import type { Gathered } from '../exchange.ts';

function bodyFacts({ request, body }: Gathered): PolicyInput['object'] {
  if (request.kind !== 'resource' || body === undefined || !needsObject(request)) return undefined;
  return factsOf(body.format, body.value, request);
}

/** All that a rule may look at, of this very request, with the object that it names as far as that is known. */
export function inputOf(exchange: Gathered, live: PolicyInput['live'], now: Date): PolicyInput {
  const { principal, cluster, request, dryRun, token, incoming } = exchange;
  return {
    principal,
    cluster,
    request,
    dryRun,
    object: bodyFacts(exchange),
    live,
    credential: { kind: 'token', expiresAt: new Date(token.expiresAt).toISOString() },
    sourceAddress: incoming.remoteAddress,
    time: now.toISOString(),
  };
}
