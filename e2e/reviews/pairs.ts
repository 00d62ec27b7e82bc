// SPDX-License-Identifier: Apache-2.0
import { template } from '../baseline/objects.ts';
import { definitionOf } from '../fixtures/custom-resource.ts';

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
  /** Of the object; default: one that suits the resource. */
  readonly name?: string;
  /** How a stream is asked for; default: by WebSocket. */
  readonly transport?: 'spdy';
}

/** What an attempt at a stream of a pod asks for, beside the pod. */
const STREAMS: Readonly<Record<string, string>> = {
  exec: 'command=true&stdout=true',
  attach: 'stdout=true',
  portforward: 'ports=80',
};

function isStream({ subresource }: Pick<Pair, 'subresource'>): boolean {
  return subresource in STREAMS;
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
  ['', 'pods/exec', true],
  ['', 'pods/attach', true],
  ['', 'pods/portforward', true],
  // A custom resource, one of a group that rules leave out, and those of an aggregated API server.
  ['flows.example.com', 'flows', true],
  ['tides.example.com', 'tides', true],
  ['wardle.example.com', 'flunders', true],
  ['wardle.example.com', 'fischers', false],
];

const NAMED: readonly Verb[] = ['get', 'update', 'patch', 'delete'];
const OF_SUBRESOURCES: readonly Verb[] = ['get', 'update', 'patch'];
/** What clients ask about: where RBAC grants no `get` the gateway asks for a stream by POST, which is a create. */
const OF_STREAMS: readonly Verb[] = ['create'];
const OTHER_VERBS: Readonly<Record<string, readonly Verb[]>> = {
  'pods/log': ['get'],
  'pods/eviction': ['create'],
  'pods/binding': ['create'],
  'pods/proxy': ['get', 'create', 'update', 'patch', 'delete'],
  'serviceaccounts/token': ['create'],
  'namespaces/finalize': ['update'],
  'pods/exec': OF_STREAMS,
  'pods/attach': OF_STREAMS,
  'pods/portforward': OF_STREAMS,
};

/** Versions of groups that have no v1. */
const VERSIONS: Readonly<Record<string, string>> = { 'wardle.example.com': 'v1alpha1' };

const ofResources: readonly Pair[] = RESOURCES.flatMap(([group, name, namespaced]) => {
  const [resource = '', subresource = ''] = name.split('/');
  const verbs = subresource === '' ? VERBS : (OTHER_VERBS[name] ?? OF_SUBRESOURCES);
  return verbs.map((verb) => ({ verb, group, resource, subresource, namespaced }));
});

/** A forward through which anything may flow is passed under a permit with `@reveal` alone: there is one for this pod. */
const revealed: Pair = {
  ...{ verb: 'create', group: '', resource: 'pods', subresource: 'portforward', namespaced: true, name: 'open' },
};

const once: readonly Pair[] = [...ofResources, revealed];
const again = once.filter(isStream).map((pair): Pair => ({ ...pair, transport: 'spdy' }));
export const pairs: readonly Pair[] = [...once, ...again];

/** What a review of the pair asks. */
export function askedOf(pair: Pair): object {
  const { verb, group, resource, subresource, namespaced } = pair;
  const name = NAMED.includes(verb) || subresource !== '' ? nameOf(pair) : '';
  return { verb, group, resource, subresource, namespace: namespaced ? 'demo' : '', name };
}

/** Of a pod without a node nobody can say what it logs: there is none of this name. */
function nameOf({ subresource, name }: Pick<Pair, 'subresource' | 'name'>): string {
  return name ?? (subresource === 'log' ? 'none' : 'any');
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
  flows: { apiVersion: 'flows.example.com/v1', kind: 'Flow', spec: { size: 3 } },
  tides: { apiVersion: 'tides.example.com/v1', kind: 'Tide', spec: { size: 3 } },
  flunders: { apiVersion: 'wardle.example.com/v1alpha1', kind: 'Flunder', spec: {} },
};

/** What bodies of subresources say. */
const OWN_BODIES: Readonly<Record<string, object>> = {
  eviction: { apiVersion: 'policy/v1', kind: 'Eviction' },
  binding: { apiVersion: 'v1', kind: 'Binding', target: { kind: 'Node', name: 'any' } },
  token: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } },
  scale: { apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 0 } },
};

/** Of the custom resources among them. */
export const definitions = [
  definitionOf({ group: 'flows.example.com', scope: 'Namespaced', kind: 'Flow' }),
  definitionOf({ group: 'tides.example.com', scope: 'Namespaced', kind: 'Tide' }),
];

function standingOf(resource: string, name: string) {
  const body = BODIES[resource] as { readonly apiVersion: string; readonly kind: string };
  return { ...body, resource, metadata: { name, namespace: 'demo' } };
}

/** The objects that attempts look for: one named `any` of each resource that may be reached, and a pod to forward to. */
export const standing = [
  ...Object.keys(BODIES).map((resource) => standingOf(resource, 'any')),
  standingOf('pods', 'open'),
];

/** A request that changes nothing. */
export interface PairRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
  /** For a stream of a pod, which is asked for by another protocol: what it is of. */
  readonly stream?: string;
}

function rootOf(group: string): string {
  return group === '' ? '/api/v1' : `/apis/${group}/${VERSIONS[group] ?? 'v1'}`;
}

/** The pair as a request, in a form that the API server would accept. */
export function requestOf(pair: Pair): PairRequest {
  const { verb, group, resource, subresource, namespaced } = pair;
  const collection = `${rootOf(group)}${namespaced ? '/namespaces/demo' : ''}/${resource}`;
  const object = `${collection}/${nameOf(pair)}${subresource ? `/${subresource}` : ''}`;
  if (isStream(pair))
    return {
      method: pair.transport === 'spdy' ? 'POST' : 'GET',
      path: `${object}?${STREAMS[subresource]}`,
      stream: subresource,
    };
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
