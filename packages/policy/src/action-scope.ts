// SPDX-License-Identifier: Apache-2.0
import type { JsonBodyFormat, KubeRequest } from '@countersign/kube';

/** The schema's actions, each with the group that it is in. */
const groupOf = {
  get: 'read',
  list: 'read',
  watch: 'read',
  log: 'read',
  create: 'write',
  update: 'write',
  patch: 'write',
  delete: 'write',
  deletecollection: 'write',
  exec: 'connect',
  attach: 'connect',
  portforward: 'connect',
  proxy: 'connect',
  ephemeralcontainers: 'connect',
  'non-resource': undefined,
} as const;

/** Names of the schema's actions. */
export type PolicyAction = keyof typeof groupOf;

export const policyActions = Object.keys(groupOf) as readonly PolicyAction[];

const subresourceActions = ['log', 'exec', 'attach', 'portforward', 'proxy'] as const;

/** The verb, unless the subresource says more: exec by GET (WebSocket) and by POST (SPDY) are one action. */
export function policyAction(request: KubeRequest): PolicyAction {
  if (request.kind === 'non-resource') return 'non-resource';
  return subresourceActions.find((name) => name === request.subresource) ?? request.verb;
}

/**
 * All that policy must allow of a request, that of the request itself first. Who puts an ephemeral container into a pod
 * writes it, and runs code in it as exec does: it takes both.
 */
export function policyActionsOf(request: KubeRequest): readonly [PolicyAction, ...(readonly PolicyAction[])] {
  const action = policyAction(request);
  if (request.kind !== 'resource' || request.subresource !== 'ephemeralcontainers') return [action];
  return groupOf[action] === 'write' ? [action, 'ephemeralcontainers'] : [action];
}

/**
 * Whether the API server makes an object of such a write where there is none: a put of one, and a server-side apply.
 * `format` is that of its body.
 */
export function mayCreate(request: KubeRequest, format: JsonBodyFormat | undefined): boolean {
  if (request.kind !== 'resource' || request.subresource !== '') return false;
  return request.verb === 'update' || (request.verb === 'patch' && format === 'apply');
}

/** What the head of a rule says of actions: names of actions or of their groups, or nothing. */
export type ActionScope = 'any' | readonly string[];

/**
 * Whether a rule with this head may match a request for this action. One that may not has no effect on its decision,
 * as Cedar looks at conditions only where the head matches.
 * @see https://docs.cedarpolicy.com/auth/authorization.html
 */
export function mayConcern(scope: ActionScope, action: PolicyAction): boolean {
  if (scope === 'any') return true;
  const group = groupOf[action];
  return scope.includes(action) || (group !== undefined && scope.includes(group));
}
