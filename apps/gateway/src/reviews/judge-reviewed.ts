// SPDX-License-Identifier: Apache-2.0
import { type KubeRequest, laneOf } from '@countersign/kube';
import { type Decision, noFacts } from '@countersign/policy';
import type { Committed } from '../exchange.ts';
import { isRevealed } from '../is-revealed.ts';
import type { PolicyStore } from '../policies/policy-store.ts';

/**
 * What policy says of a request that a review asks about, as far as that can be said without its body and the object that
 * it names; undefined where the gateway passes no such request.
 */
export function judgeReviewed(exchange: Committed, policies: PolicyStore, request: KubeRequest): Decision | undefined {
  const lane = laneOf(request);
  if (!lane) return undefined;
  const input = { ...exchange.made.input, request, object: noFacts, live: null, dryRun: false };
  const decision = policies.forCluster(exchange.cluster).decide(input);
  // What nothing masks passes under a permit with @reveal alone.
  if (lane === 'portforward' && decision.effect === 'allow' && !isRevealed(decision)) return undefined;
  return decision;
}
