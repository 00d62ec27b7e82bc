// SPDX-License-Identifier: Apache-2.0

/** What may be done, in the words of an RBAC rule; either resources or paths. */
export interface BoundRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ['get', 'list', 'watch'] as const;
const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;

/** By name: `*` of this group would hold proxy, token and binding. Nodes, volumes and endpoints are read only. */
const CORE_WRITABLE = [
  'configmaps',
  'events',
  'limitranges',
  'persistentvolumeclaims',
  'pods',
  'pods/ephemeralcontainers',
  'pods/eviction',
  'podtemplates',
  'replicationcontrollers',
  'replicationcontrollers/scale',
  'resourcequotas',
  'secrets',
  'serviceaccounts',
  'services',
];
const CORE_READABLE = [
  ...CORE_WRITABLE.filter((name) => name !== 'pods/eviction'),
  'endpoints',
  'namespaces',
  'nodes',
  'persistentvolumes',
  'pods/log',
  'pods/resize',
  'pods/status',
  'services/status',
];
/** None of these has a subresource that connects. */
const WRITABLE_GROUPS = [
  'apps',
  'autoscaling',
  'batch',
  'coordination.k8s.io',
  'events.k8s.io',
  'networking.k8s.io',
  'policy',
];
const READABLE_GROUPS = [
  ...WRITABLE_GROUPS,
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'certificates.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'metrics.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
];

/** What every client asks before anything else, and what `auth can-i` and `auth whoami` ask. */
const ALWAYS: readonly BoundRule[] = [
  {
    nonResourceURLs: [
      ...['/api', '/api/*', '/apis', '/apis/*', '/version', '/version/'],
      ...['/openapi/v2', '/openapi/v3', '/openapi/v3/*', '/livez', '/readyz', '/healthz'],
    ],
    verbs: ['get'],
  },
  {
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    verbs: ['create'],
  },
  { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
];

/**
 * The most that any agent can do through a connector, whatever RBAC and policy say: reading the built-in kinds, writing
 * those that belong to applications, sessions in pods, self reviews and discovery. Custom resources by their groups.
 * RBAC, nodes, admission, tokens, proxies and the kinds that steer a cluster are left out: the baseline denies them too.
 */
export function agentBound(customGroups: readonly string[] = []): readonly BoundRule[] {
  const custom =
    customGroups.length === 0 ? [] : [{ apiGroups: customGroups, resources: ['*'], verbs: [...READ, ...WRITE] }];
  return [
    { apiGroups: [''], resources: CORE_READABLE, verbs: READ },
    { apiGroups: [''], resources: CORE_WRITABLE, verbs: WRITE },
    { apiGroups: [''], resources: ['namespaces'], verbs: ['create', 'delete'] },
    { apiGroups: [''], resources: ['pods/exec', 'pods/attach', 'pods/portforward'], verbs: ['get', 'create'] },
    { apiGroups: READABLE_GROUPS, resources: ['*'], verbs: READ },
    { apiGroups: WRITABLE_GROUPS, resources: ['*'], verbs: WRITE },
    ...custom,
    ...ALWAYS,
  ];
}
