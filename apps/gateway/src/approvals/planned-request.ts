// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import type { Json } from '@countersign/evidence';
import { serializeTarget } from '@countersign/kube';
import type { Hmac } from '@countersign/mask';
import { describeTarget } from '@countersign/policy';
import { askerOf } from '../apart/asker-of.ts';
import type { BodyJudge } from '../bodies/body-judge.ts';
import { distinct } from '../distinct.ts';
import type { Effect } from '../effects/effect.ts';
import type { Decided } from '../exchange.ts';
import { keyedDigest } from '../keyed-digest.ts';
import type { ApprovalDocument, PlanMember, Requirement, ShownEffect } from './approval.ts';
import { boundFacts } from './request-digest.ts';

/** Nothing else that is made with the same key begins so. */
const MEMBER = 'countersign plan member v1\n';
const PLAN = 'countersign plan v1\n';

/**
 * Query parameters that change nothing of what a client makes: who is noted as its manager, and what is said of fields that
 * nobody knows. An apply's manager decides which fields are its own, and is bound.
 */
const FREE: Readonly<Record<'json' | 'apply', ReadonlySet<string>>> = {
  json: new Set(['fieldManager', 'fieldValidation', 'pretty']),
  apply: new Set(['fieldValidation', 'pretty']),
};

/** Of all of a plan, as JSON texts in a JSON text. */
export const MAX_PLAN_BYTES = 1_048_576;
/** What the API server takes of an object's annotations: to what is applied, kubectl adds one with the same once more. */
const MAX_ANNOTATION_BYTES = 262_144;

type PlannedExchange = Pick<Decided, 'principal' | 'cluster' | 'request' | 'body'>;

/**
 * How a request may be sent that stands in a plan: by a POST that makes an object, or as a server-side apply; and never is it
 * longer than a plan is.
 */
export function mayBePlanned({ request, body }: Pick<Decided, 'request' | 'body'>): boolean {
  if (request.kind !== 'resource' || request.subresource !== '' || !body) return false;
  if (body.bytes.length > MAX_PLAN_BYTES + MAX_ANNOTATION_BYTES) return false;
  return (request.verb === 'create' && body.format === 'json') || (request.verb === 'patch' && body.format === 'apply');
}

function targetOf({ request, body }: PlannedExchange): string {
  const free = FREE[body?.format === 'apply' ? 'apply' : 'json'];
  const isMeant = ({ name, value }: (typeof request.query)[number]) =>
    !free.has(name) && !(name === 'force' && value === 'false');
  const query = request.query.filter(isMeant);
  const spelled = ({ name, value }: (typeof query)[number]) => `${name}=${value}`;
  return serializeTarget({
    segments: request.segments,
    query: query.sort((one, other) => (spelled(one) < spelled(other) ? -1 : 1)),
  });
}

/** What people are shown of what it is about: one that is in a plan is said the same there. */
export function plannedAction({ request, body }: Pick<Decided, 'request' | 'body'>): string {
  const name = body?.target?.name || `${body?.target?.generateName ?? ''}*`;
  return describeTarget(request.kind === 'resource' ? { ...request, name } : request);
}

/** A request in the form that all clients share, in which plans know it. */
export interface PlannedRequest {
  readonly exchange: PlannedExchange;
  readonly target: string;
  readonly body: { readonly format: string; readonly sha256: string };
}

/** Takes long for a large body, elsewhere. Rejects as `BodyJudge` does. */
export async function plannedRequest(
  exchange: Decided,
  bodies: Pick<BodyJudge, 'normalDigest'>,
): Promise<PlannedRequest> {
  const { request, body } = exchange;
  const namespace = request.kind === 'resource' ? request.namespace : '';
  const sha256 = body
    ? await bodies.normalDigest({ bytes: body.bytes, namespace }, askerOf(exchange))
    : hash('sha256', '', 'hex');
  return { exchange, target: targetOf(exchange), body: { format: body?.format ?? '', sha256 } };
}

/** What one request of a plan is bound to, as {@link boundRequest} for one alone. */
export function boundMember(
  { exchange, target, body }: PlannedRequest,
  effect: Pick<Effect, 'digest' | 'object'> | undefined,
  requirements: readonly Requirement[],
): Json {
  return { ...boundFacts(exchange, effect, requirements), target, body };
}

export function memberDigest(hmac: Hmac, bound: Json): string {
  return keyedDigest(hmac, MEMBER, bound);
}

/** By which a request is found among those of plans, whatever it would do and whoever must countersign it. */
export function memberKey(hmac: Hmac, planned: PlannedRequest): string {
  return memberDigest(hmac, boundMember(planned, undefined, []));
}

/** The digests of its members, in their order, are what a plan is bound to. */
export function boundPlan({ cluster, members }: Pick<ApprovalDocument, 'cluster' | 'members'>): Json {
  return { cluster, members: (members ?? []).map(({ digest }) => digest) };
}

export function planDigest(hmac: Hmac, plan: Pick<ApprovalDocument, 'cluster' | 'members'>): string {
  return keyedDigest(hmac, PLAN, boundPlan(plan));
}

/** What people are shown of a plan as a whole, beside its members. */
export function planCard(members: readonly Pick<PlanMember, 'requirements' | 'effect'>[]): {
  readonly action: string;
  readonly requirements: readonly Requirement[];
  readonly effect: Pick<ShownEffect, 'summary' | 'changes' | 'omitted'>;
} {
  const action = `plan of ${members.length} ${members.length === 1 ? 'request' : 'requests'}`;
  const omitted = members.reduce((sum, { effect }) => sum + effect.omitted, 0);
  const effect = { summary: `${action}, each once`, changes: [], omitted };
  // One rule that asks for several requests stands once.
  return { action, requirements: distinct(members.flatMap(({ requirements }) => requirements)), effect };
}
