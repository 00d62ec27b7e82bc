// SPDX-License-Identifier: Apache-2.0
import type { Row, Step } from '../row.ts';

function typed(name: string, steps: readonly Step[], more: Partial<Row> = {}): Row {
  return { name, program: 'kubectl', steps, ...more };
}

/** Rows whose objects kubectl makes itself: newer ones send them in protobuf. */
export const TYPED: readonly Row[] = [
  typed(
    'create configmap, secret',
    [
      ['create', 'configmap', 'made', '--from-literal=a=1', '--from-file=lines.txt'],
      ['create', 'configmap', 'made-2', '--from-literal=a=ü', '-o', 'yaml'],
      ['create', 'secret', 'generic', 'made', '--from-file=lines.txt'],
      ['create', 'secret', 'docker-registry', 'pull', '--docker-username=u', '--docker-password=p'],
      ['create', 'secret', 'tls', 'front', '--cert=../tls.crt', '--key=../tls.key'],
    ],
    { files: { 'lines.txt': 'one\ntwo\n' } },
  ),
  typed('create deployment, job, cronjob', [
    ['create', 'deployment', 'made', '--image=registry.example/made:1', '--replicas=0', '--port=80'],
    [
      'create',
      'cronjob',
      'nightly',
      '--image=registry.example/made:1',
      '--schedule=0 3 1 1 *',
      '--',
      'sh',
      '-c',
      'true',
    ],
    ['create', 'job', 'once', '--from=cronjob/nightly'],
    ['create', 'job', 'again', '--image=registry.example/made:1', '--dry-run=server', '-o', 'name'],
  ]),
  typed('create service, ingress', [
    ['create', 'service', 'clusterip', 'made', '--tcp=80:8080'],
    ['create', 'service', 'externalname', 'far', '--external-name=far.example'],
    ['create', 'service', 'nodeport', 'near', '--tcp=80:8080'],
    ['create', 'service', 'loadbalancer', 'wide', '--tcp=80:8080', '-o', 'yaml'],
    ['create', 'ingress', 'front', '--rule=shop.example/*=shop:80'],
  ]),
  typed('create role, rolebinding, serviceaccount', [
    ['create', 'serviceaccount', 'made'],
    ['create', 'role', 'reader', '--verb=get,list', '--resource=configmaps,deployments.apps'],
    ['create', 'rolebinding', 'made-reads', '--role=reader', '--serviceaccount=default:made'],
    ['set', 'subject', 'rolebinding', 'made-reads', '--user=somebody'],
  ]),
  typed('create namespace, clusterrole, clusterrolebinding, priorityclass', [
    ['create', 'namespace', 'NAMESPACE-made', '-o', 'name'],
    ['create', 'clusterrole', 'NAMESPACE-reader', '--verb=get', '--resource=configmaps', '-o', 'yaml'],
    ['create', 'clusterrole', 'NAMESPACE-prober', '--verb=get', '--non-resource-url=/livez'],
    ['create', 'clusterrolebinding', 'NAMESPACE-reads', '--clusterrole=NAMESPACE-reader', '--group=nobody'],
    ['create', 'priorityclass', 'NAMESPACE-low', '--value=10', '--description=last', '-o', 'yaml'],
    ['delete', 'namespace/NAMESPACE-made', '--wait=false'],
    ['delete', 'clusterrolebinding/NAMESPACE-reads', 'clusterrole/NAMESPACE-reader', 'priorityclass/NAMESPACE-low'],
  ]),
  typed('create token', [['create', 'token', 'robot', '--duration=10m']]),
  typed(
    'auth reconcile',
    [
      ['auth', 'reconcile', '-f', 'roles.json'],
      ['auth', 'reconcile', '-f', 'roles.json', '-o', 'name'],
    ],
    {
      files: {
        'roles.json': {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'reconciled', namespace: 'NAMESPACE' },
          rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
        },
      },
    },
  ),
  typed('create quota, poddisruptionbudget', [
    ['create', 'quota', 'small', '--hard=count/configmaps=100'],
    ['create', 'poddisruptionbudget', 'one', '--selector=app=shop', '--min-available=1'],
  ]),
  typed(
    'create of what is there',
    [
      ['create', 'configmap', 'settings'],
      ['create', 'configmap', 'Not-A-Name'],
      ['create', 'configmap', 'rehearsed', '--from-literal=a=1', '--dry-run=server', '-o', 'yaml'],
    ],
    { codes: [1, 1, 0] },
  ),
  typed(
    'run',
    [
      [
        'run',
        'made',
        '--image=registry.example/made:1',
        '--overrides={"spec":{"schedulerName":"nobody","serviceAccountName":"robot","automountServiceAccountToken":false}}',
      ],
      ['run', 'made', '--image=registry.example/made:1', '--dry-run=server', '--env=MODE=quiet', '-o', 'name'],
    ],
    { codes: [0, 1] },
  ),
  typed('expose', [
    ['expose', 'deployment', 'shop', '--port=8080', '--name=exposed'],
    ['get', 'service', 'exposed', '-o', 'jsonpath={.spec.ports}{.spec.selector}'],
  ]),
  typed('autoscale', [
    ['autoscale', 'deployment', 'shop', '--max=3', '--cpu-percent=80'],
    ['get', 'hpa', 'shop', '-o', 'jsonpath={.spec}'],
  ]),
  typed('debug without a session', [
    ['debug', 'web', '--image=registry.example/debug:1', '-c', 'debugger', '--attach=false', '--profile=general'],
    ['get', 'pod', 'web', '-o', 'jsonpath={.spec.ephemeralContainers}'],
    ['debug', 'web', '--copy-to=web-copy', '--set-image=main=registry.example/web:2', '--attach=false'],
  ]),
  typed('auth can-i', [
    ['auth', 'can-i', 'get', 'configmaps'],
    ['auth', 'can-i', 'create', 'deployments.apps', '-q'],
    ['auth', 'can-i', 'patch', 'deployment/shop', '--subresource=scale'],
    ['auth', 'can-i', 'get', '/version'],
  ]),
  typed('auth whoami', [['auth', 'whoami', '-o', 'json']]),
];
