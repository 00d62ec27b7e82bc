// SPDX-License-Identifier: Apache-2.0
import { type Attempt, everyCreate } from './spellings.ts';

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
