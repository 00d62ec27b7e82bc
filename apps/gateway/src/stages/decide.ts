// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { factsOf, needsObject, type PolicyInput } from '@countersign/policy';
import type { Decided, Looked } from '../exchange.ts';
import type { Stage } from '../lane-table.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { refusalOf } from '../policies/refusal-of.ts';

function bodyFacts({ request, body }: Looked): PolicyInput['object'] {
  if (request.kind !== 'resource' || body === undefined || !needsObject(request)) return undefined;
  return factsOf(body.format, body.value, request);
}

/** All that a rule may look at, of this very request. */
function policyInput(exchange: Looked, now: Date): PolicyInput {
  const { principal, cluster, request, dryRun, token, incoming } = exchange;
  return {
    principal,
    cluster,
    request,
    dryRun,
    object: bodyFacts(exchange),
    live: exchange.live,
    credential: { kind: 'token', expiresAt: new Date(token.expiresAt).toISOString() },
    sourceAddress: incoming.remoteAddress,
    time: now.toISOString(),
  };
}

/** Asks policy. A deny ends here; the decision stays with the exchange, so that its refusal names the rules. */
export function decide(policies: PolicyStore, now: () => Date): Stage<Looked, Decided> {
  return (exchange) => {
    const input = policyInput(exchange, now());
    const decision = policies.forCluster(exchange.cluster).decide(input);
    const decided = { ...exchange, made: { id: randomUUID(), decision, input } };
    // In the same turn: policies that change from here on find it among the live ones.
    exchange.life.decided(decided);
    return decided;
  };
}

/** Lets allows on. */
export function enforce(policies: PolicyStore): Stage<Decided, Decided> {
  return (exchange) => refusalOf(exchange.made, policies.forCluster(exchange.cluster)) ?? exchange;
}
