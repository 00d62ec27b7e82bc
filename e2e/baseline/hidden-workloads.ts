// SPDX-License-Identifier: Apache-2.0
import { type Attempt, everyCreate } from './spellings.ts';

/** Groups whose controllers run what their resources only refer to, each with a kind of theirs. */
const CONTROLLERS: readonly (readonly [apiVersion: string, resource: string, kind: string])[] = [
  ['argoproj.io/v1alpha1', 'workflows', 'Workflow'],
  ['argoproj.io/v1alpha1', 'applications', 'Application'],
  ['tekton.dev/v1', 'pipelineruns', 'PipelineRun'],
  ['triggers.tekton.dev/v1beta1', 'eventlisteners', 'EventListener'],
  ['keda.sh/v1alpha1', 'scaledjobs', 'ScaledJob'],
  ['kubeflow.org/v1', 'pytorchjobs', 'PyTorchJob'],
  ['kubevirt.io/v1', 'virtualmachines', 'VirtualMachine'],
  ['ray.io/v1', 'rayjobs', 'RayJob'],
  ['sparkoperator.k8s.io/v1beta2', 'sparkapplications', 'SparkApplication'],
  ['batch.volcano.sh/v1alpha1', 'jobs', 'Job'],
  ['jobset.x-k8s.io/v1alpha2', 'jobsets', 'JobSet'],
  ['leaderworkerset.x-k8s.io/v1', 'leaderworkersets', 'LeaderWorkerSet'],
  ['helm.cattle.io/v1', 'helmcharts', 'HelmChart'],
  ['operators.coreos.com/v1alpha1', 'subscriptions', 'Subscription'],
  ['helm.toolkit.fluxcd.io/v2', 'helmreleases', 'HelmRelease'],
  ['kustomize.toolkit.fluxcd.io/v1', 'kustomizations', 'Kustomization'],
  ['pkg.crossplane.io/v1', 'providers', 'Provider'],
  ['serving.knative.dev/v1', 'services', 'Service'],
];

/** What these controllers would do for whoever may write their resources, installed or not. */
export function everyController(): readonly Attempt[] {
  return CONTROLLERS.flatMap(([apiVersion, resource, kind]) => {
    const collection = `/apis/${apiVersion}/namespaces/demo/${resource}`;
    const body = { apiVersion, kind, metadata: { name: 'r' }, spec: {} };
    const change = [{ op: 'replace', path: '/spec/source', value: 'elsewhere' }];
    return [
      ...everyCreate(collection, body),
      { method: 'PUT', path: `${collection}/r`, body },
      { method: 'PATCH', path: `${collection}/r`, contentType: 'application/merge-patch+json', body: { spec: {} } },
      { method: 'PATCH', path: `${collection}/r`, contentType: 'application/json-patch+json', body: change },
    ];
  });
}

const FLOW = '/apis/flows.example.com/v1/namespaces/demo/flows/w';
const flow = (type: string, body: object): Attempt => ({
  method: 'PATCH',
  path: FLOW,
  contentType: `application/${type}-patch+json`,
  body,
});

/** Changes of the pod of a custom resource that name neither image nor service account. */
export const quietChanges: readonly Attempt[] = [
  flow('json', [{ op: 'add', path: '/spec/steps/0/spec/containers/0/command', value: ['sh'] }]),
  flow('json', [{ op: 'add', path: '/spec/steps/0/spec/containers/0/env', value: [{ name: 'A', value: 'b' }] }]),
  flow('json', [{ op: 'add', path: '/spec/steps/0/spec/initContainers', value: [{ name: 'i' }] }]),
  flow('json', [{ op: 'add', path: '/spec/steps/0/spec/volumes', value: [{ name: 'v', secret: {} }] }]),
  // The last one, and the first.
  flow('json', [{ op: 'add', path: '/spec/steps/-1/spec/containers/0/command', value: ['sh'] }]),
  flow('json', [{ op: 'add', path: '/spec/steps/+0/spec/containers/-1/command', value: ['sh'] }]),
  flow('merge', { spec: { steps: [{ spec: { containers: [{ name: 'c', command: ['sh'] }] } }] } }),
  flow('merge', { spec: { steps: [{ spec: { volumes: [{ name: 'v', configMap: { name: 'w' } }] } }] } }),
];

/** What operators run, read and write for whoever may write their resources, in fields of their own names. */
export const operatorChanges: readonly { readonly rule: string; readonly attempts: readonly Attempt[] }[] = [
  {
    rule: 'ask-secret-references',
    attempts: ofOperator('monitoring.coreos.com/v1', 'Prometheus', { secrets: ['db'] }),
  },
  { rule: 'ask-secret-references', attempts: ofOperator('cert-manager.io/v1', 'Certificate', { secretName: 'db' }) },
  { rule: 'ask-workloads', attempts: ofOperator('apps.example.com/v1', 'Site', { envFrom: [{ prefix: 'A_' }] }) },
  { rule: 'ask-workloads', attempts: ofOperator('apps.example.com/v1', 'Site', { image: { tag: 'v2' } }) },
  { rule: 'ask-workloads', attempts: ofOperator('apps.example.com/v1', 'Site', { extraVolumes: [{ emptyDir: {} }] }) },
];

function ofOperator(apiVersion: string, kind: string, spec: object): readonly Attempt[] {
  const body = { apiVersion, kind, metadata: { name: 'r' }, spec };
  return everyCreate(`/apis/${apiVersion}/namespaces/demo/${kind.toLowerCase()}s`, body);
}
