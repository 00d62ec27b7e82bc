// SPDX-License-Identifier: Apache-2.0
// What holds the canaries: objects of every kind that kubectl lists, as their owner made them.
import { BUSYBOX_IMAGE } from '@countersign/lab';
import { definitionOf } from '../fixtures/custom-resource.ts';
import { bare, evident, manifest, planted, yamlManifest } from './canaries.ts';

const APP = { app: 'shop' };

/** All of a place's texts, each under a name that says nothing. */
const settings = (place: Parameters<typeof evident>[0]) =>
  Object.values(evident(place)).map((value, index) => ({ name: `SETTING_${index}`, value }));

const container = {
  name: 'shop',
  image: 'registry.example/shop:1',
  command: ['shop', '--quiet'],
  args: [
    '--token',
    planted('argument', 'plain'),
    `--api-key=${Buffer.from(planted('argument', 'base64')).toString('base64')}`,
    ...Object.values(evident('argument')).map((text, index) => `--setting-${index}=${text}`),
  ],
  env: [
    { name: 'LOG_LEVEL', value: 'debug' },
    ...Object.values(bare('env')).map((value, index) => ({ name: `API_TOKEN_${index}`, value })),
    ...settings('env'),
    { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'keys', key: 'plain' } } },
    { name: 'FROM_CONFIG', valueFrom: { configMapKeyRef: { name: 'settings', key: 'API_TOKEN' } } },
  ],
};

const annotations = {
  'example.org/owner': 'shop-team',
  'example.org/api-token': planted('annotation', 'plain'),
  'example.org/manifest': JSON.stringify(manifest('annotation')),
  ...Object.fromEntries(Object.values(evident('annotation')).map((text, index) => [`example.org/note-${index}`, text])),
};

const metadata = (name: string) => ({ name, namespace: 'demo', labels: APP, annotations });
/** The same of an object whose annotations repeat a value of its own, as they stand and in base64. */
const repeating = (name: string, plain: string, encoded: string) => ({
  ...metadata(name),
  annotations: {
    ...annotations,
    'example.org/copy': plain,
    'example.org/since': `it is ${plain} since May`,
    'example.org/encoded': Buffer.from(encoded).toString('base64'),
  },
});
const template = { metadata: { labels: APP, annotations }, spec: { schedulerName: 'nobody', containers: [container] } };
const once = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };
const selector = { matchLabels: APP };

/** Printed by the pod that runs, which then fails, so that its last words stand in its status too. */
const LOG_LINES: readonly string[] = [
  'listening on 0.0.0.0:8080',
  ...Object.values(evident('log')),
  ...yamlManifest('log').trimEnd().split('\n'),
  JSON.stringify({ level: 'error', msg: 'login failed', token: planted('log', 'plain') }),
];

/** A pod called as its label `app`. It makes nothing but its log; the node is asked for by whoever has one. */
export function talker(name: string, then: string) {
  const command = ['/bin/sh', '-c', `cat /etc/lines/text; ${then}`];
  const volumeMounts = [{ name: 'lines', mountPath: '/etc/lines' }];
  const main = { name: 'main', image: BUSYBOX_IMAGE, imagePullPolicy: 'IfNotPresent', command, volumeMounts };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'demo', labels: { app: name } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      volumes: [{ name: 'lines', configMap: { name: 'lines' } }],
      containers: [{ ...main, terminationMessagePolicy: 'FallbackToLogsOnError' }],
    },
  };
}

/** The definition of the custom resource, one of whose columns shows a value under a name that says nothing. */
export const DEFINITION = definitionOf({
  group: 'shop.example.com',
  scope: 'Namespaced',
  kind: 'Widget',
  columns: [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Info', type: 'string', jsonPath: '.spec.adminPassword' },
    { name: 'Setting', type: 'string', jsonPath: '.spec.settings[2].value', priority: 1 },
  ],
});

/** Applied by their owner with kubectl, so that each stands in its last-applied annotation too. */
export const OBJECTS: readonly object[] = [
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: repeating('keys', planted('Secret', 'plain'), planted('Secret', 'URL')),
    stringData: { ...evident('Secret'), ...bare('Secret') },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata('texts'),
    stringData: evident('Secret'),
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata('settings'),
    data: {
      'log.level': 'debug',
      API_TOKEN: planted('ConfigMap', 'plain'),
      'app.env': `LOG_LEVEL=debug\nAPI_TOKEN=${planted('ConfigMap', 'plain', 'env file')}\n`,
      'app.yaml': `port: 80\ndatabase:\n  password: "${planted('ConfigMap', 'plain', 'YAML file')}"\n`,
      'all.yaml': yamlManifest('ConfigMap'),
      ...evident('ConfigMap'),
    },
    binaryData: {
      packed: Buffer.from(
        `port=80\npassword=${Buffer.from(planted('ConfigMap', 'base64')).toString('base64')}\n`,
      ).toString('base64'),
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'lines', namespace: 'demo' },
    data: { text: `${LOG_LINES.join('\n')}\n` },
  },
  { apiVersion: 'v1', kind: 'Pod', metadata: metadata('waiting'), spec: template.spec },
  { apiVersion: 'v1', kind: 'PodTemplate', metadata: metadata('shop'), template },
  {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: metadata('shop'),
    spec: { replicas: 0, selector: APP, template },
  },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata('shop'), spec: { replicas: 0, selector, template } },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata('shop'),
    spec: { replicas: 0, serviceName: 'shop', selector, template },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadata('shop'),
    spec: {
      selector,
      template: { ...template, spec: { ...template.spec, nodeSelector: { 'example.org/none': 'yes' } } },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata('shop'),
    spec: { suspend: true, template: once },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata('shop'),
    spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template: once } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'shop.failed', namespace: 'demo' },
    involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'demo', name: 'shop' },
    type: 'Warning',
    reason: 'Failed',
    message: `cannot connect: ${Object.values(evident('log')).join(' ')}`,
    source: { component: 'door' },
    firstTimestamp: '2026-01-01T08:00:00Z',
    lastTimestamp: '2026-01-01T08:00:00Z',
    count: 1,
  },
  {
    apiVersion: 'shop.example.com/v1',
    kind: 'Widget',
    metadata: repeating(
      'main',
      planted('custom resource', 'plain', 'named'),
      planted('custom resource', 'plain', 'pair'),
    ),
    spec: {
      size: 3,
      adminPassword: planted('custom resource', 'plain', 'named'),
      manifests: [manifest('custom resource')],
      pairs: [{ envName: 'DB_PASSWORD', envValue: planted('custom resource', 'plain', 'pair') }],
      login: { tokens: Object.values(bare('custom resource')) },
      settings: Object.values(evident('custom resource')).map((value, index) => ({ name: `setting-${index}`, value })),
    },
  },
];

/** Made without kubectl, so that nothing but the object itself tells what a column of it shows. */
export const UNAPPLIED = {
  apiVersion: 'shop.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'unapplied', namespace: 'demo' },
  spec: { size: 5, adminPassword: planted('custom resource', 'plain', 'named') },
};

/** Them again, as somebody makes them through the gateway: the path of their collection, and the body. */
export const MADE_AGAIN: readonly (readonly [collection: string, body: object])[] = OBJECTS.map((object) => {
  const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: { name: string } };
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const name = `again-${metadata.name}`;
  return [`${root}/namespaces/demo/${kind.toLowerCase()}s`, { ...object, metadata: { ...metadata, name } }];
});

/** The kinds of them, and what controllers make of them, as kubectl takes them. */
export const KINDS =
  'secrets,configmaps,deployments,replicasets,statefulsets,daemonsets,controllerrevisions,jobs,cronjobs,pods,podtemplates,replicationcontrollers,events,widgets';

/** A chart whose values stand in its release, inside gzip: what it is given in its notes and a hook that never ran. */
export const CHART: Readonly<Record<string, string>> = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: greeter\nversion: 1.0.0\n',
  'chart/values.yaml': 'greeting: hello\n',
  'chart/templates/NOTES.txt': 'Log in with {{ .Values.login.password }}\n',
  'chart/templates/all.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}-greeting" }
data: { greeting: {{ .Values.greeting | quote }} }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}-hook", annotations: { helm.sh/hook: post-delete } }
data: { password: {{ .Values.login.password | quote }} }
`,
};

/** Of the chart, by the driver that keeps it. */
export const RELEASES = { secret: 'greeter', configmap: 'keeper' } as const;
