// SPDX-License-Identifier: Apache-2.0

/** Values under the names of secrets in each pod of {@link podList}. */
export const VALUES_PER_POD = 4;

/** A list of pods as an API server writes it, without white space, of at least so many bytes. */
export function podList(bytes: number): { readonly list: Uint8Array; readonly pods: number } {
  const items: string[] = [];
  for (let length = 0; length < bytes; length += items.at(-1)?.length ?? 0)
    items.push(JSON.stringify(pod(items.length)));
  const list = new TextEncoder().encode(
    `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[${items.join()}]}\n`,
  );
  return { list, pods: items.length };
}

const hex = (n: number) => n.toString(16).padStart(12, '0');
const uid = (kind: number, n: number) => `6b0c9f0e-5d7c-4a53-9d4${kind}-${hex(n)}`;

function pod(n: number): object {
  return {
    metadata: metadata(n),
    spec: {
      volumes: [{ name: `kube-api-access-${n % 97}`, projected: { sources: sources(), defaultMode: 420 } }],
      containers: [container('app', n), container('proxy', n)],
      ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst' },
      ...{ serviceAccountName: 'checkout', serviceAccount: 'checkout', nodeName: `node-${n % 40}` },
      ...{ securityContext: {}, schedulerName: 'default-scheduler', priority: 0, enableServiceLinks: true },
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        ...{ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      })),
    },
    status: status(n),
  };
}

function metadata(n: number): object {
  return {
    name: `checkout-7d9f8c6b5d-${hex(n).slice(-5)}`,
    generateName: 'checkout-7d9f8c6b5d-',
    namespace: `shop-${n % 40}`,
    uid: uid(1, n),
    resourceVersion: String(1_000 + n),
    creationTimestamp: '2026-01-01T08:00:00Z',
    labels: { app: 'checkout', 'app.kubernetes.io/part-of': 'shop', 'pod-template-hash': '7d9f8c6b5d' },
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102', 'example.org/owner': 'team-shop' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'checkout-7d9f8c6b5d', uid: uid(2, n % 40), controller: true },
    ],
    managedFields: [managed('kube-controller-manager', ownedSpec), managed('kubelet', ownedStatus)],
  };
}

function managed(manager: string, fieldsV1: object): object {
  const time = '2026-01-01T08:00:00Z';
  return { manager, operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1 };
}

const names = (...all: readonly string[]) => Object.fromEntries(all.map((name) => [`f:${name}`, {}]));
const VARIABLES = ['LOG_LEVEL', 'HTTP_PORT', 'DB_HOST', 'DB_USER', 'DB_PASSWORD', 'API_TOKEN', 'REGION', 'FEATURES'];

const ownedContainer = {
  '.': {},
  ...names('image', 'imagePullPolicy', 'name', 'terminationMessagePath', 'terminationMessagePolicy'),
  'f:env': Object.fromEntries(
    VARIABLES.map((name) => [`k:{"name":"${name}"}`, { '.': {}, ...names('name', 'value') }]),
  ),
  'f:resources': { '.': {}, 'f:limits': { '.': {}, ...names('cpu', 'memory') } },
};
const ownedSpec = {
  'f:metadata': { 'f:labels': { '.': {}, ...names('app', 'pod-template-hash') }, 'f:ownerReferences': { '.': {} } },
  'f:spec': {
    'f:containers': { 'k:{"name":"app"}': ownedContainer, 'k:{"name":"proxy"}': ownedContainer },
    ...names('dnsPolicy', 'enableServiceLinks', 'restartPolicy', 'schedulerName', 'terminationGracePeriodSeconds'),
  },
};
const ownedStatus = {
  'f:status': {
    'f:conditions': Object.fromEntries(
      ['ContainersReady', 'Initialized', 'Ready'].map((type) => [
        `k:{"type":"${type}"}`,
        { '.': {}, ...names('lastProbeTime', 'lastTransitionTime', 'status', 'type') },
      ]),
    ),
    ...names('containerStatuses', 'hostIP', 'phase', 'podIP', 'podIPs', 'startTime'),
  },
};

function sources(): readonly object[] {
  return [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  ];
}

function container(name: string, n: number): object {
  const values = [
    'info',
    '8080',
    'db.shop.svc.cluster.local',
    'checkout',
    `p4ss-${hex(n)}`,
    `t0ken-${hex(n)}`,
    'eu',
    'a,b',
  ];
  return {
    name,
    image: `registry.example.com/shop/${name}:1.${n % 50}.0`,
    args: ['--listen=:8080', '--config=/etc/shop/config.yaml', '--verbose'],
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: VARIABLES.map((variable, index) => ({ name: variable, value: values[index] })),
    resources: { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    volumeMounts: [
      { name: `kube-api-access-${n % 97}`, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    livenessProbe: {
      httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
      periodSeconds: 10,
      failureThreshold: 3,
    },
    ...{ terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
    imagePullPolicy: 'IfNotPresent',
  };
}

function status(n: number): object {
  const ip = `10.251.${(n >> 8) & 255}.${n & 255}`;
  return {
    phase: 'Running',
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      ...{ type, status: 'True', lastProbeTime: null, lastTransitionTime: '2026-01-01T08:00:03Z' },
    })),
    ...{ hostIP: `192.168.7.${n % 40}`, podIP: ip, podIPs: [{ ip }], startTime: '2026-01-01T08:00:00Z' },
    containerStatuses: ['app', 'proxy'].map((name) => ({
      ...{
        name,
        state: { running: { startedAt: '2026-01-01T08:00:02Z' } },
        lastState: {},
        ready: true,
        restartCount: 0,
      },
      image: `registry.example.com/shop/${name}:1.${n % 50}.0`,
      imageID: `registry.example.com/shop/${name}@sha256:${hex(n).repeat(6).slice(0, 64)}`,
      containerID: `containerd://${hex(n * 7)
        .repeat(6)
        .slice(0, 64)}`,
      started: true,
    })),
    qosClass: 'Burstable',
  };
}
