// SPDX-License-Identifier: Apache-2.0
import { isJsonObject, type JsonObject, type JsonValue, jsonAt } from '@countersign/kube';
import type { Committed } from '../exchange.ts';
import { judgeReviewed, type ReviewJudges } from './judge-reviewed.ts';
import { reviewedRequest } from './reviewed-request.ts';

interface Verdict {
  readonly allowed: boolean;
  readonly reason: string;
}

function verdictOf(exchange: Committed, judges: ReviewJudges): Verdict {
  const spec = exchange.body?.spec;
  const attributes = jsonAt(spec, 'resourceAttributes');
  if (['labelSelector', 'fieldSelector'].some((name) => isJsonObject(jsonAt(attributes, name)))) {
    return { allowed: false, reason: 'countersign: selectors are judged with the request itself: ask without them' };
  }
  if (['verb', 'resource', 'group'].some((name) => text(attributes, name) === '*')) {
    return {
      allowed: false,
      reason: 'countersign: rules are about one verb and one resource: ask about those, or --list',
    };
  }
  const request = reviewedRequest(spec);
  const decision = request && judgeReviewed(exchange, judges, request);
  if (!decision) return { allowed: false, reason: 'countersign: the gateway does not pass this kind of request' };
  const words = judges.policies.forCluster(exchange.cluster).describe(decision);
  return { allowed: decision.effect === 'allow', reason: `countersign: ${words}` };
}

function text(value: JsonValue | undefined, name: string): string {
  const found = jsonAt(value, name);
  return typeof found === 'string' ? found : '';
}

/** The status of a SelfSubjectAccessReview, with what policy says: allowed where both allow. */
export function joinAccessReview(exchange: Committed, judges: ReviewJudges, status: JsonObject): JsonObject {
  const { allowed, reason } = verdictOf(exchange, judges);
  const rbac = status.get('allowed') === true;
  const upstreamReason = text(status, 'reason') || (rbac ? '' : "the cluster's own access rules (RBAC) don't allow it");
  const reasons = allowed && upstreamReason !== '' ? `${upstreamReason}; ${reason}` : reason;
  const joined = new Map<string, JsonValue>([...status, ['allowed', allowed && rbac], ['reason', reasons]]);
  if (!allowed) joined.set('denied', true);
  return joined;
}
