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
  ]),
  typed('create service, ingress', [
    ['create', 'service', 'clusterip', 'made', '--tcp=80:8080'],
    ['create', 'service', 'externalname', 'far', '--external-name=far.example'],
    ['create', 'ingress', 'front', '--rule=shop.example/*=shop:80'],
  ]),
  typed('create role, rolebinding, serviceaccount', [
    ['create', 'serviceaccount', 'made'],
    ['create', 'role', 'reader', '--verb=get,list', '--resource=configmaps,deployments.apps'],
    ['create', 'rolebinding', 'made-reads', '--role=reader', '--serviceaccount=default:made'],
  ]),
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
  typed('auth can-i', [
    ['auth', 'can-i', 'get', 'configmaps'],
    ['auth', 'can-i', 'create', 'deployments.apps', '-q'],
  ]),
  typed('auth whoami', [['auth', 'whoami', '-o', 'json']]),
];
