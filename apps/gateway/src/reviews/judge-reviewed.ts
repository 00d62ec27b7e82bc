// SPDX-License-Identifier: Apache-2.0
import { type KubeRequest, laneOf } from '@countersign/kube';
import { type Decision, noFacts } from '@countersign/policy';
import type { Committed } from '../exchange.ts';
import { type ActiveGrants, letOn } from '../grants/active-grants.ts';
import { isRevealed } from '../is-revealed.ts';
import type { PolicyStore } from '../policies/policy-store.ts';

/** What says how an agent will be treated. */
export interface ReviewJudges {
  readonly policies: PolicyStore;
  readonly grants: ActiveGrants;
}

/**
 * What policy says of a request that a review asks about, as far as that can be said without its body and the object that
 * it names; undefined where the gateway passes no such request.
 */
export function judgeReviewed(
  exchange: Committed,
  { policies, grants }: ReviewJudges,
  request: KubeRequest,
): Decision | undefined {
  const lane = laneOf(request);
  if (!lane) return undefined;
  const input = { ...exchange.made.input, request, object: noFacts, live: null, labels: undefined, dryRun: false };
  const asked = policies.forCluster(exchange.cluster).decide(input);
  const decision = letOn(grants.applyTo({ id: exchange.made.id, input, decision: asked }));
  // What nothing masks passes under a permit with @reveal alone.
  if (lane === 'portforward' && decision.effect === 'allow' && !isRevealed(decision)) return undefined;
  return decision;
}
