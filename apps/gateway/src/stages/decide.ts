// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { factsOf, needsObject, type PolicyInput } from '@countersign/policy';
import type { Decided, Looked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import type { PolicyStore } from '../policies/policy-store.ts';

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
    return { ...exchange, made: { id: randomUUID(), decision, input } };
  };
}

/** Lets allows on. Asks are refused until approvals exist: nothing holds a request yet. */
export function enforce(policies: PolicyStore): Stage<Decided, Decided> {
  return (exchange) => {
    const { decision, input } = exchange.made;
    if (decision.effect === 'allow') return exchange;
    const sentence = policies.forCluster(exchange.cluster).describe(decision, '; approvals are not enabled');
    switch (decision.effect) {
      case 'undecided':
        return new Fault('ERR_POLICY_UNAVAILABLE', sentence);
      case 'ask':
        return new Fault('ERR_APPROVAL_REQUIRED', sentence);
      case 'deny':
        return new Fault(
          'ERR_POLICY_DENIED',
          `${sentence} [agent ${input.principal.id}, policy ${decision.policyDigest.replace(/^sha256:/, '').slice(0, 12)}]`,
        );
    }
  };
}
