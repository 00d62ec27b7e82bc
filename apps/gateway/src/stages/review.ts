// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { isJsonObject, type JsonValue, jsonAt, KubeError, laneOf, parseJson, serializeJson } from '@countersign/kube';
import { noFacts } from '@countersign/policy';
import type { Committed, Forwarded } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { reviewedRequest } from '../reviewed-request.ts';
import type { UpstreamResponse } from '../tunnel/clusters.ts';

const MAX_REVIEW_BYTES = 1_048_576;

interface Verdict {
  readonly allowed: boolean;
  readonly reason: string;
}

function text(value: JsonValue | undefined, name: string): string {
  const found = jsonAt(value, name);
  return typeof found === 'string' ? found : '';
}

function judgeReview(exchange: Committed, policies: PolicyStore): Verdict {
  const request = reviewedRequest(jsonAt(exchange.body?.value, 'spec'));
  const lane = request && laneOf(request);
  if (!request || !lane || lane === 'exec' || lane === 'portforward') {
    return { allowed: false, reason: 'countersign: the gateway does not pass this kind of request' };
  }
  const cluster = policies.forCluster(exchange.cluster);
  const decision = cluster.decide({ ...exchange.made.input, request, object: noFacts, live: null, dryRun: false });
  return { allowed: decision.effect === 'allow', reason: `countersign: ${cluster.describe(decision)}` };
}

async function readReview(response: UpstreamResponse): Promise<JsonValue | Fault> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REVIEW_BYTES) return new Fault('ERR_ANSWER_MALFORMED', 'the review is too large');
    chunks.push(chunk);
  }
  try {
    return parseJson(Buffer.concat(chunks, size));
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    return new Fault('ERR_ANSWER_MALFORMED', 'the review is no JSON', { cause });
  }
}

/** What the cluster's RBAC says and what policy says, in one answer: allowed where both allow. */
function combine(answer: JsonValue, { allowed, reason }: Verdict): JsonValue | Fault {
  const status = jsonAt(answer, 'status');
  if (!isJsonObject(answer) || !isJsonObject(status))
    return new Fault('ERR_ANSWER_MALFORMED', 'the review has no status');
  const rbac = status.get('allowed') === true;
  const upstreamReason = text(status, 'reason') || (rbac ? '' : "the cluster's own access rules (RBAC) don't allow it");
  const reasons = allowed && upstreamReason !== '' ? `${upstreamReason}; ${reason}` : reason;
  const combined = new Map<string, JsonValue>([...status, ['allowed', allowed && rbac], ['reason', reasons]]);
  if (!allowed) combined.set('denied', true);
  return new Map([...answer, ['status', combined]]);
}

/** Answers a SelfSubjectAccessReview as the agent will be treated: by policy and by the cluster's RBAC together. */
export function review(forward: Stage<Committed, Forwarded>, policies: PolicyStore): Stage<Committed, Forwarded> {
  return async (exchange) => {
    const { request } = exchange;
    if (request.kind !== 'resource' || request.resource !== 'selfsubjectaccessreviews') {
      return new Fault('ERR_NO_LANE', 'of the reviews only SelfSubjectAccessReview is answered yet');
    }
    const forwarded = await forward(exchange);
    if (forwarded instanceof Fault || forwarded.response.status !== 201) return forwarded;
    const answer = await readReview(forwarded.response);
    const combined = answer instanceof Fault ? answer : combine(answer, judgeReview(exchange, policies));
    if (combined instanceof Fault) return combined;
    return {
      ...forwarded,
      response: { ...forwarded.response, body: Readable.from([Buffer.from(serializeJson(combined))]) },
    };
  };
}
