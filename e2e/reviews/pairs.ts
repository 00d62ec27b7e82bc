// SPDX-License-Identifier: Apache-2.0
import { template } from '../baseline/objects.ts';

export const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const;
export type Verb = (typeof VERBS)[number];

/** One verb on one resource. */
export interface Pair {
  readonly verb: Verb;
  readonly group: string;
  /** In the plural. */
  readonly resource: string;
  /** "" for the resource itself. */
  readonly subresource: string;
  readonly namespaced: boolean;
}

/** Group, resource or resource/subresource, whether it lies in a namespace. */
const RESOURCES: readonly (readonly [group: string, resource: string, namespaced: boolean])[] = [
  ['', 'configmaps', true],
  ['', 'secrets', true],
  ['', 'pods', true],
  ['', 'pods/status', true],
  ['', 'pods/ephemeralcontainers', true],
  ['', 'services', true],
  ['', 'endpoints', true],
  ['', 'serviceaccounts', true],
  ['', 'persistentvolumeclaims', true],
  ['', 'limitranges', true],
  ['', 'resourcequotas', true],
  ['', 'nodes', false],
  ['', 'namespaces', false],
  ['', 'persistentvolumes', false],
  ['apps', 'deployments', true],
  ['apps', 'deployments/scale', true],
  ['apps', 'statefulsets', true],
  ['batch', 'jobs', true],
  ['batch', 'cronjobs', true],
  ['networking.k8s.io', 'ingresses', true],
  ['networking.k8s.io', 'networkpolicies', true],
  ['rbac.authorization.k8s.io', 'roles', true],
  ['rbac.authorization.k8s.io', 'clusterroles', false],
  ['storage.k8s.io', 'storageclasses', false],
  ['coordination.k8s.io', 'leases', true],
  ['discovery.k8s.io', 'endpointslices', true],
  ['', 'pods/log', true],
  ['', 'pods/eviction', true],
  ['', 'pods/binding', true],
  ['', 'serviceaccounts/token', true],
  ['', 'pods/proxy', true],
  ['', 'namespaces/finalize', false],
];

const NAMED: readonly Verb[] = ['get', 'update', 'patch', 'delete'];
const OF_SUBRESOURCES: readonly Verb[] = ['get', 'update', 'patch'];
const OTHER_VERBS: Readonly<Record<string, readonly Verb[]>> = {
  'pods/log': ['get'],
  'pods/eviction': ['create'],
  'pods/binding': ['create'],
  'pods/proxy': ['get', 'create', 'update', 'patch', 'delete'],
  'serviceaccounts/token': ['create'],
  'namespaces/finalize': ['update'],
};

export const pairs: readonly Pair[] = RESOURCES.flatMap(([group, name, namespaced]) => {
  const [resource = '', subresource = ''] = name.split('/');
  const verbs = subresource === '' ? VERBS : (OTHER_VERBS[name] ?? OF_SUBRESOURCES);
  return verbs.map((verb) => ({ verb, group, resource, subresource, namespaced }));
});

/** What a review of the pair asks. */
export function askedOf({ verb, group, resource, subresource, namespaced }: Pair): object {
  const name = NAMED.includes(verb) || subresource !== '' ? nameOf({ subresource }) : '';
  return { verb, group, resource, subresource, namespace: namespaced ? 'demo' : '', name };
}

/** Of a pod without a node nobody can say what it logs: there is none of this name. */
function nameOf({ subresource }: Pick<Pair, 'subresource'>): string {
  return subresource === 'log' ? 'none' : 'any';
}

const selector = { matchLabels: { app: 'w' } };

/** What an object of each resource says beside its name: so much that the API server accepts it. */
const BODIES: Readonly<Record<string, object>> = {
  configmaps: { apiVersion: 'v1', kind: 'ConfigMap' },
  secrets: { apiVersion: 'v1', kind: 'Secret' },
  pods: { apiVersion: 'v1', kind: 'Pod', spec: template.spec },
  services: { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }] } },
  endpoints: { apiVersion: 'v1', kind: 'Endpoints' },
  limitranges: {
    apiVersion: 'v1',
    kind: 'LimitRange',
    spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '1Ti' } }] },
  },
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 0, selector, template } },
  statefulsets: {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    spec: { replicas: 0, serviceName: 'w', selector, template },
  },
  ingresses: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    spec: { defaultBackend: { service: { name: 'any', port: { number: 80 } } } },
  },
  networkpolicies: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { podSelector: {} } },
  roles: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', rules: [] },
};

/** What bodies of subresources say. */
const OWN_BODIES: Readonly<Record<string, object>> = {
  eviction: { apiVersion: 'policy/v1', kind: 'Eviction' },
  binding: { apiVersion: 'v1', kind: 'Binding', target: { kind: 'Node', name: 'any' } },
  token: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } },
  scale: { apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 0 } },
};

/** The objects that attempts look for: one named `any` of each resource that may be reached. */
export const standing = Object.entries(BODIES).map(([resource, body]) => ({
  ...(body as { apiVersion: string; kind: string }),
  resource,
  metadata: { name: 'any', namespace: 'demo' },
}));

/** A request that changes nothing. */
export interface PairRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
}

function rootOf(group: string): string {
  return group === '' ? '/api/v1' : `/apis/${group}/v1`;
}

/** The pair as a request, in a form that the API server would accept. */
export function requestOf({ verb, group, resource, subresource, namespaced }: Pair): PairRequest {
  const collection = `${rootOf(group)}${namespaced ? '/namespaces/demo' : ''}/${resource}`;
  const object = `${collection}/${nameOf({ subresource })}${subresource ? `/${subresource}` : ''}`;
  const whole = OWN_BODIES[subresource] ?? BODIES[resource] ?? {};
  const named = (name: string) => ({ ...whole, metadata: { name } });
  const requests: Readonly<Record<Verb, PairRequest>> = {
    get: { method: 'GET', path: object },
    list: { method: 'GET', path: collection },
    watch: { method: 'GET', path: `${collection}?watch=1&timeoutSeconds=1` },
    create: {
      method: 'POST',
      path: `${subresource ? object : collection}?dryRun=All`,
      body: named(subresource ? 'any' : 'new'),
    },
    update: { method: 'PUT', path: `${object}?dryRun=All`, body: named('any') },
    patch: {
      method: 'PATCH',
      path: `${object}?dryRun=All`,
      body: { metadata: { labels: { tried: 'yes' } } },
      contentType: 'application/merge-patch+json',
    },
    delete: { method: 'DELETE', path: `${object}?dryRun=All` },
    deletecollection: { method: 'DELETE', path: `${collection}?dryRun=All` },
  };
  return requests[verb];
}
