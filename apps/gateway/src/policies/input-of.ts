// SPDX-License-Identifier: Apache-2.0
import { mayCreate, PolicyError, type PolicyInput } from '@countersign/policy';
import type { Gathered } from '../exchange.ts';

function bodyFacts({ body }: Gathered): PolicyInput['object'] {
  if (body?.facts === undefined) return undefined;
  if ('problem' in body.facts) throw new PolicyError('ERR_POLICY_FACTS', body.facts.problem);
  return body.facts.object;
}

/** All that a rule may look at, of this very request, with the object that it names as far as that is known. */
export function inputOf(
  exchange: Gathered,
  { live, labels }: Pick<PolicyInput, 'live' | 'labels'>,
  now: Date,
): PolicyInput {
  const { principal, cluster, request, dryRun, token, incoming } = exchange;
  return {
    principal,
    cluster,
    request,
    dryRun,
    object: bodyFacts(exchange),
    live,
    labels,
    mayCreate: mayCreate(request, exchange.body?.format),
    credential: { kind: 'token', expiresAt: new Date(token.expiresAt).toISOString() },
    sourceAddress: incoming.remoteAddress,
    time: now.toISOString(),
  };
}
