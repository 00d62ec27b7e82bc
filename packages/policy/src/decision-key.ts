// SPDX-License-Identifier: Apache-2.0
import { mayConcern, type PolicyAction, policyAction } from './action-scope.ts';
import type { Rule } from './check-policies.ts';
import { ANYTHING } from './engine.ts';
import { noFacts } from './object-facts.ts';
import { inputActions, needsObject, type PolicyInput } from './policy-input.ts';
import { queryPorts } from './port-candidates.ts';
import { sessionAttributes } from './session-facts.ts';

/** What differs from one request to the next of the same kind; a rule that looks at it is asked each time. */
const EACH_TIME = [ANYTHING, 'time', 'credential', ...sessionAttributes];

/** How the decisions of one action are told apart: not at all where a rule must be asked each time. */
export type KeyPlan = 'none' | 'with-name' | 'without-name';

/**
 * By the attributes that the rules which may concern the action name; of reviews, in which the object and what is written to
 * it are nothing, the object doesn't count.
 */
export function keyPlan(rules: Iterable<Rule>, action: PolicyAction, isReview: boolean): KeyPlan {
  const concerned = [...rules].filter((rule) => mayConcern(rule.actions, action));
  const isRead = (name: string) => concerned.some(({ reads }) => reads.has(name));
  if (EACH_TIME.some(isRead) || (!isReview && isRead('live'))) return 'none';
  return isRead('name') ? 'with-name' : 'without-name';
}

/** Whether it is asked what would be decided of a request whose object and body nobody names. */
export function isOfReview({ object, live, mayCreate }: PolicyInput): boolean {
  return object === noFacts && live === null && !mayCreate;
}

function strictest(plans: readonly KeyPlan[]): KeyPlan {
  if (plans.includes('none')) return 'none';
  return plans.includes('with-name') ? 'with-name' : 'without-name';
}

/**
 * Two inputs of equal keys get the same decision: it holds all that a decision may depend on but what no rule of the
 * action looks at. Undefined for writes with a body, whose facts are as many as their fields; a review's has none. Keys of
 * reviews and of requests MUST be kept apart.
 */
export function decisionKey(input: PolicyInput, planOf: (action: PolicyAction) => KeyPlan): string | undefined {
  const { principal, request, cluster, sourceAddress } = input;
  const action = policyAction(request);
  const plan = strictest(inputActions(input).map(planOf));
  if (plan === 'none' || (needsObject(request) && !isOfReview(input))) return undefined;
  const { kind, id, owner, purpose, groups, issuer, subject, act } = principal;
  const actors = act.map((actor) => [actor.issuer, actor.subject]);
  const who = [kind, id, owner, purpose, groups, issuer, subject, actors, sourceAddress];
  if (request.kind === 'non-resource') return JSON.stringify([who, cluster, action, request.method, request.path]);
  const { group, version, namespace, resource, subresource, labelSelector, fieldSelector } = request;
  const name = plan === 'with-name' ? request.name : '';
  const what = [group, version, namespace, resource, subresource, name, labelSelector, fieldSelector, input.dryRun];
  const ports = action === 'portforward' ? [input.port ?? null, queryPorts(input)] : [];
  return JSON.stringify([who, cluster, action, what, ports]);
}
