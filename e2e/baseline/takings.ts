// SPDX-License-Identifier: Apache-2.0
import type { Lab } from '@countersign/lab';
import { type Attempt, everyChange, everyCreate } from './spellings.ts';

const CORE = '/api/v1/namespaces/demo';
const W = `${CORE}/services/w`;

const object = (kind: string, name: string, rest: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...rest,
});
const service = (spec: object) => everyCreate(`${CORE}/services`, object('Service', 'out', { spec }));

function claim(spec: object) {
  const asked = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec };
  return everyCreate(`${CORE}/persistentvolumeclaims`, object('PersistentVolumeClaim', 'taking', { spec: asked }));
}

/** What is nobody's alone: traffic, settings of controllers, volumes, releases; how it is taken, by the rule that minds. */
export async function takings(admin: Lab['admin']): Promise<readonly (readonly [rule: string, readonly Attempt[]])[]> {
  const http = {
    paths: [
      {
        path: '/x{;alias /;}',
        pathType: 'ImplementationSpecific',
        backend: { service: { name: 'w', port: { number: 80 } } },
      },
    ],
  };
  const release = {
    ...object('Secret', 'sh.helm.release.v1.shop.v9', { type: 'helm.sh/release.v1' }),
    metadata: { name: 'sh.helm.release.v1.shop.v9', labels: { owner: 'helm', status: 'deployed' } },
  };
  const annotations = { 'external-dns.alpha.kubernetes.io/hostname': 'shop.example.com' };
  const kubernetes = '/api/v1/namespaces/default/services/kubernetes';
  // A put says its type, ClusterIP here, and so sends nothing elsewhere that is seen from outside.
  const redirected = (await everyChange(admin, W, { spec: { selector: { app: 'db' } } })).slice(1);
  const ingress = '/apis/networking.k8s.io/v1/namespaces/demo/ingresses/w';
  return [
    ['ask-ingresses', await everyChange(admin, ingress, { spec: { rules: [{ http }] } })],
    ['ask-exposed-services', service({ type: 'NodePort', ports: [{ port: 80 }] })],
    ['ask-exposed-services', service({ type: 'ExternalName', externalName: 'shop.example.com' })],
    ['ask-exposed-services', redirected],
    ['ask-exposed-services', await everyChange(admin, W, { spec: { type: 'LoadBalancer' } })],
    ['ask-helm-releases', everyCreate(`${CORE}/secrets`, release)],
    ['ask-named-volumes', claim({ storageClassName: '', selector: { matchLabels: { app: 'db' } } })],
    ['ask-named-volumes', claim({ volumeName: 'of-others' })],
    ['ask-service-annotations', await everyChange(admin, W, { metadata: { annotations } })],
    ['no-api-service-writes', await everyChange(admin, kubernetes, { metadata: { labels: { a: 'b' } } })],
    ['ask-controller-settings', everyCreate(`${CORE}/configmaps`, object('ConfigMap', 'argocd-rbac-cm'))],
    ['ask-controller-namespaces', everyCreate('/api/v1/namespaces/argocd/configmaps', object('ConfigMap', 'x'))],
  ];
}
