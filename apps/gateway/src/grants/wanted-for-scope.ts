// SPDX-License-Identifier: Apache-2.0
import { setImmediate } from 'node:timers/promises';
import { KubeError } from '@countersign/kube';
import {
  type Decision,
  hypotheticalInput,
  type PolicyAction,
  PolicyError,
  type PolicyInput,
} from '@countersign/policy';
import type { Asker } from '../apart/fair-thread.ts';
import { distinct } from '../distinct.ts';
import type { ClusterPolicies } from '../policies/policy-store.ts';
import { type GrantDocument, type GrantScope, isWithin } from './grant.ts';

/** Requests of a scope that policy is asked about; a scope may have more. */
const MAX_ASKED = 64;
/** Stands for any name: a rule that looks at names is not known to ask. */
const ANY_NAME = 'any';

const METHODS: Readonly<Partial<Record<PolicyAction, string>>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
  exec: 'POST',
  attach: 'POST',
  portforward: 'POST',
  ephemeralcontainers: 'PATCH',
};
const WITHOUT_NAME: readonly string[] = ['list', 'watch', 'create', 'deletecollection'];
const SUBRESOURCES: readonly string[] = ['log', 'exec', 'attach', 'portforward', 'proxy', 'ephemeralcontainers'];

/** What policy says of a scope before anything is sent in it. */
export interface ScopeOutlook {
  /** What rules ask for, each list of one kind of request; no list twice. */
  readonly wanted: NonNullable<GrantDocument['wanted']>;
  /** Why nothing in it is ever let through, whoever signs; undefined where something may be. */
  readonly forbidden: Decision | undefined;
}

/** A request of a scope as a client would spell it. */
function targetOf(verb: string, resource: string, namespace: string, name: string): string {
  const [plain = '', own] = resource.split('/');
  const [plural = '', ...group] = plain.split('.');
  const root = group.length === 0 ? '/api/v1' : `/apis/${group.join('.')}/v1`;
  const place = namespace === '' ? root : `${root}/namespaces/${namespace}`;
  if (WITHOUT_NAME.includes(verb)) return `${place}/${plural}${verb === 'watch' ? '?watch=true' : ''}`;
  const subresource = own ?? (SUBRESOURCES.includes(verb) ? verb : undefined);
  return [place, plural, name, ...(subresource === undefined ? [] : [subresource])].join('/');
}

function* requestsOf({ verbs, resources, namespaces, names = [ANY_NAME] }: GrantScope) {
  for (const verb of verbs)
    for (const resource of resources)
      for (const namespace of namespaces)
        for (const name of names)
          yield {
            method: METHODS[verb as PolicyAction] ?? 'GET',
            target: targetOf(verb, resource, namespace, name),
          };
}

/**
 * What policy says of requests in a scope, of 64 at most, as far as it can be told without their bodies and objects. It is judged
 * again when a grant is used: this tells whom it needs, and what nobody can open. Where the cluster's policies can't be evaluated
 * nothing is told.
 */
export async function wantedForScope(
  { cluster, scope, principal }: Pick<PolicyInput, 'cluster' | 'principal'> & { readonly scope: GrantScope },
  policies: Pick<ClusterPolicies, 'decideFor' | 'dependsOnDetails'>,
  asked: { readonly asker: Asker; readonly sourceAddress: string; readonly time: string },
): Promise<ScopeOutlook> {
  const wanted: ScopeOutlook['wanted'][number][] = [];
  let forbidden: Decision | undefined;
  let mayPass = false;
  let count = 0;
  for (const { method, target } of requestsOf(scope)) {
    if (++count > MAX_ASKED) break;
    const input = inputOf(principal, cluster, { method, target }, asked);
    // What is no request, or no request of the scope, says nothing of it.
    if (!input || !isWithin(scope, input)) continue;
    const decision = await policies.decideFor(asked.asker, input);
    await setImmediate();
    if (decision.effect === 'ask')
      wanted.push(
        decision.approvals.map(({ rule: { set, id }, group, quorum }) => ({ rule: { set, id }, group, quorum })),
      );
    const { request } = input;
    const isForGood =
      decision.effect === 'deny' &&
      !(['permit', 'forbid'] as const).some((of) => policies.dependsOnDetails(request, of));
    if (isForGood) forbidden ??= decision;
    else mayPass = true;
  }
  return { wanted: distinct(wanted), forbidden: mayPass || count > MAX_ASKED ? undefined : forbidden };
}

function inputOf(
  principal: PolicyInput['principal'],
  cluster: string,
  asked: { readonly method: string; readonly target: string },
  surroundings: { readonly sourceAddress: string; readonly time: string },
): PolicyInput | undefined {
  const { sourceAddress, time } = surroundings;
  try {
    return hypotheticalInput(principal, cluster, asked, { sourceAddress, time });
  } catch (error) {
    if (error instanceof KubeError || error instanceof PolicyError) return undefined;
    throw error;
  }
}
