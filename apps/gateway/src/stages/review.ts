// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonAt,
  KubeError,
  parseJson,
  serializeJson,
} from '@countersign/kube';
import type { Committed, Forwarded } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import type { QuestionParts } from '../own-question.ts';
import { joinAccessReview } from '../reviews/access-review.ts';
import type { ReviewJudges } from '../reviews/judge-reviewed.ts';
import { joinRulesReview } from '../reviews/rules-review.ts';
import type { UpstreamResponse } from '../tunnel/clusters.ts';

const RULES_REVIEWS = 'selfsubjectrulesreviews';
const MAX_REVIEW_BYTES = 3 * 1024 * 1024;

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

/** What is made of the status of a review; undefined where it passes as it is: who one is upstream, policy doesn't change. */
type Join = (exchange: Committed, status: JsonObject) => JsonObject | Promise<JsonObject>;

interface ReviewParts extends QuestionParts, ReviewJudges {}

/** Answers reviews of oneself as the agent will be treated: by policy and by the cluster's RBAC together. */
export function review(forward: Stage<Committed, Forwarded>, parts: ReviewParts): Stage<Committed, Forwarded> {
  const joins = new Map<string, Join | undefined>([
    ['selfsubjectaccessreviews', (exchange, status) => joinAccessReview(exchange, parts, status)],
    [RULES_REVIEWS, (exchange, status) => joinRulesReview(exchange, parts, status)],
    ['selfsubjectreviews', undefined],
  ]);
  const answered = async (exchange: Committed, join: Join | undefined): Promise<Forwarded | Fault> => {
    const forwarded = await forward(exchange);
    if (!join || forwarded instanceof Fault || forwarded.response.status !== 201) return forwarded;
    const answer = await readReview(forwarded.response);
    if (answer instanceof Fault) return answer;
    const status = jsonAt(answer, 'status');
    if (!isJsonObject(answer) || !isJsonObject(status)) {
      return new Fault('ERR_ANSWER_MALFORMED', 'the review has no status');
    }
    const joined = new Map([...answer, ['status', await join(exchange, status)]]);
    const body = Readable.from([Buffer.from(serializeJson(joined))]);
    return { ...forwarded, response: { ...forwarded.response, body } };
  };
  /** Agents that are told now all that they may do, which takes hundreds of decisions: one answer at a time. */
  const underWay = new Set<string>();
  const alone = async (exchange: Committed, join: Join | undefined): Promise<Forwarded | Fault> => {
    const { id } = exchange.principal;
    if (underWay.has(id)) return new Fault('ERR_LIMIT_REVIEWS');
    underWay.add(id);
    try {
      return await answered(exchange, join);
    } finally {
      underWay.delete(id);
    }
  };
  return (exchange) => {
    const { request } = exchange;
    const resource = request.kind === 'resource' ? request.resource : '';
    if (!joins.has(resource)) return new Fault('ERR_NO_LANE', resource);
    return (resource === RULES_REVIEWS ? alone : answered)(exchange, joins.get(resource));
  };
}
