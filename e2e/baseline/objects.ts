// SPDX-License-Identifier: Apache-2.0

export const container = { name: 'c', image: 'example.invalid/none' };
export const template = { metadata: { labels: { app: 'w' } }, spec: { containers: [container] } };
const selector = { matchLabels: { app: 'w' } };
const jobTemplate = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };

/** One of each kind of workload, and of what else is changed. */
export const objects = [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w' }, spec: template.spec },
  { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'w' }, template },
  { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'w' }, spec: { replicas: 0, template } },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'w' }, spec: { replicas: 0, selector, template } },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'w' }, spec: { replicas: 0, selector, template } },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'w' }, spec: { selector, template } },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'w' },
    spec: { replicas: 0, serviceName: 'w', selector, template },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'w' },
    spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template: jobTemplate } } },
  },
  { apiVersion: 'flows.example.com/v1', kind: 'Flow', metadata: { name: 'w' }, spec: { steps: [template] } },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'w' }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'w' },
    spec: { defaultBackend: { service: { name: 'w', port: { number: 80 } } } },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'w' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', finalizers: ['example.com/hold'] } },
] as const;

export const flowDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'flows.flows.example.com' },
  spec: {
    group: 'flows.example.com',
    scope: 'Namespaced',
    names: { plural: 'flows', singular: 'flow', kind: 'Flow' },
    versions: ['v1', 'v1beta1'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    })),
  },
};

/** Where an object stands. */
export function pathOf({ apiVersion, kind, metadata }: (typeof objects)[number]): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const plural = kind === 'Ingress' ? 'ingresses' : `${kind.toLowerCase()}s`;
  return `${root}/namespaces/demo/${plural}/${metadata.name}`;
}

/** Each of these takes a pod to its node. */
export const nodeAccess: Readonly<Record<string, object>> = {
  hostNetwork: { hostNetwork: true },
  hostPID: { hostPID: true },
  hostIPC: { hostIPC: true },
  hostPath: { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
  hostPort: { containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 80 }] }] },
  privileged: { containers: [{ ...container, securityContext: { privileged: true } }] },
  capability: { containers: [{ ...container, securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }] },
  seccomp: { securityContext: { seccompProfile: { type: 'Unconfined' } } },
  apparmor: { securityContext: { appArmorProfile: { type: 'Unconfined' } } },
  selinux: { securityContext: { seLinuxOptions: { type: 'spc_t' } } },
  sysctl: { securityContext: { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] } },
  initContainer: { initContainers: [{ ...container, name: 'i', securityContext: { privileged: true } }] },
};

/** A merge patch that changes the pods which an object of that kind makes. */
export function podChange(kind: string, spec: object): Readonly<Record<string, unknown>> {
  switch (kind) {
    case 'PodTemplate':
      return { template: { spec } };
    case 'CronJob':
      return { spec: { jobTemplate: { spec: { template: { spec } } } } };
    case 'Flow':
      return { spec: { steps: [{ ...template, spec: { ...template.spec, ...spec } }] } };
    default:
      return { spec: { template: { spec } } };
  }
}

/** Those of the objects that make pods. */
export const podKinds: readonly string[] = [
  'PodTemplate',
  'ReplicationController',
  'Deployment',
  'ReplicaSet',
  'DaemonSet',
  'StatefulSet',
  'CronJob',
  'Flow',
];
