// SPDX-License-Identifier: Apache-2.0
import { agentBound, type BoundRule } from './agent-bound.ts';
import { WireError } from './wire-error.ts';

const AGENT_ID = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const GROUP = /^(?!system:)[\x21-\x2b\x2d-\x7e]{1,128}$/;
const EXTRA_KEY = /^[a-z0-9][a-z0-9./_-]{0,126}$/;
const NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const VERB = /^[a-z]+$/;

/** By name, because `*` holds the subresources exec, attach, portforward and proxy, where a "get" is no reading. */
const CORE_READABLE = [
  'configmaps',
  'endpoints',
  'events',
  'limitranges',
  'persistentvolumeclaims',
  'pods',
  'pods/log',
  'pods/status',
  'podtemplates',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'serviceaccounts',
  'services',
];
const READABLE_GROUPS = [
  'apps',
  'autoscaling',
  'batch',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
];
const AUTHENTICATION = 'authentication.k8s.io';
const LABELS = { 'app.kubernetes.io/managed-by': 'countersign' };

/** A Kubernetes object as JSON, with what every object has. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly [field: string]: unknown;
}

/** Whom the connector of one cluster may act as. */
export interface ConnectorGrant {
  /** The service account that the connector authenticates as. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
  /** Ids of the agents that are registered for the cluster. */
  readonly agents: readonly string[];
  /** Groups that agents have in the cluster, as their entries say. */
  readonly groups: readonly string[];
  /** Keys of `Impersonate-Extra-…` that the gateway sets. */
  readonly userExtras?: readonly string[];
  /**
   * How it is granted. `constrained` holds from Kubernetes 1.36 on: who may be impersonated, and for what. `legacy` is
   * for older clusters: who alone, by name. A cluster that knows the first still honours the second, so never both.
   */
  readonly impersonation: 'constrained' | 'legacy';
  /** With `constrained`: what may be done at all; default {@link agentBound}. */
  readonly bound?: readonly BoundRule[];
}

/** The user that an agent's exchanges run as in a cluster. */
export function upstreamUser(agentId: string): string {
  return `countersign:agent:${agentId}`;
}

/**
 * The objects that a connector needs in its cluster: namespace, service account, and a cluster role that lets it
 * impersonate the given agents and groups, each by name, for what the bound holds, and read the keys of the cluster's
 * own token issuer. It holds no other right: without an identity to act as, it may do nothing. An empty list grants
 * nothing: a rule without names would grant everyone, so there is none.
 * @throws WireError `ERR_WIRE_RBAC` for a name that is malformed or that begins with `system:`
 * @see https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
export function connectorManifests(grant: ConnectorGrant): readonly Manifest[] {
  const { serviceAccount } = grant;
  assertAll([serviceAccount.namespace, serviceAccount.name], NAME, 'service account');
  // Cluster roles are the cluster's: those of two gateways must not be one.
  const name = `countersign:${serviceAccount.namespace}:${serviceAccount.name}`;
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: serviceAccount.namespace, labels: LABELS } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...serviceAccount, labels: LABELS } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, labels: LABELS },
      rules: [...impersonationRules(grant), { nonResourceURLs: ['/openid/v1/jwks'], verbs: ['get'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name, labels: LABELS },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', ...serviceAccount }],
    },
  ];
}

/**
 * The objects that let a group of agents read the built-in kinds of one namespace, Secrets and logs included, and
 * write its ConfigMaps. It is the outer bound in the cluster; policy and masking are what an agent meets first.
 * @throws WireError `ERR_WIRE_RBAC` as {@link connectorManifests}
 */
export function agentGroupManifests(grant: {
  readonly group: string;
  readonly namespace: string;
}): readonly Manifest[] {
  assertAll([grant.group], GROUP, 'group');
  assertAll([grant.namespace], NAME, 'namespace');
  const metadata = { name: 'countersign-agents', namespace: grant.namespace, labels: LABELS };
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: CORE_READABLE, verbs: ['get', 'list', 'watch'] },
        { apiGroups: READABLE_GROUPS, resources: ['*'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'update', 'patch', 'delete'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: grant.group }],
    },
  ];
}

function impersonationRules(grant: ConnectorGrant): object[] {
  assertAll(grant.agents, AGENT_ID, 'agent id');
  assertAll(grant.groups, GROUP, 'group');
  const extras = grant.userExtras ?? [];
  assertAll(extras, EXTRA_KEY, 'extra key');
  const isConstrained = grant.impersonation === 'constrained';
  const [verb, namesIn] = isConstrained ? ['impersonate:user-info', AUTHENTICATION] : ['impersonate', ''];
  const rules = [
    ...namedRule(verb, namesIn, 'users', grant.agents.map(upstreamUser)),
    ...namedRule(verb, namesIn, 'groups', grant.groups),
    ...extras.map((key) => ({ apiGroups: [AUTHENTICATION], resources: [`userextras/${key}`], verbs: [verb] })),
  ];
  const bound = isConstrained && grant.agents.length > 0 ? (grant.bound ?? agentBound()) : [];
  return [...rules, ...bound.map(boundRule)];
}

/** What may be done while somebody is impersonated: it gives no right of its own. */
function boundRule(rule: BoundRule): object {
  assertAll(rule.verbs, VERB, 'verb');
  return { ...rule, verbs: rule.verbs.map((verb) => `impersonate-on:user-info:${verb}`) };
}

/** A rule with an empty `resourceNames` would allow every name. */
function namedRule(verb: string, apiGroup: string, resource: string, names: readonly string[]): object[] {
  if (names.length === 0) return [];
  const resourceNames = [...new Set(names)].sort();
  return [{ apiGroups: [apiGroup], resources: [resource], verbs: [verb], resourceNames }];
}

function assertAll(values: readonly string[], pattern: RegExp, what: string): void {
  for (const value of values) {
    if (!pattern.test(value)) throw new WireError('ERR_WIRE_RBAC', `${JSON.stringify(value)} can't be a ${what}`);
  }
}
