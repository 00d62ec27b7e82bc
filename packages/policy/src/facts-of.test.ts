// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBodyFormat, parseJson } from '@countersign/kube';
import fc from 'fast-check';
import { factsOf } from './facts-of.ts';
import { noFacts, type ObjectFacts, opaqueFacts } from './object-facts.ts';
import { PolicyError } from './policy-error.ts';

function facts(body: unknown, format: JsonBodyFormat = 'json'): ObjectFacts {
  return factsOf(format, parseJson(new TextEncoder().encode(JSON.stringify(body))));
}

const pod = {
  serviceAccountName: 'robot',
  hostPID: true,
  hostNetwork: false,
  imagePullSecrets: [{ name: 'pull' }],
  initContainers: [{ image: 'localhost/init:1', ports: [{ hostPort: 80 }] }],
  containers: [
    {
      image: 'registry.example:5000/app@sha256:00',
      securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } },
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'env-secret', key: 'a' } } }],
      envFrom: [{ secretRef: { name: 'all-secret' } }],
    },
    { image: 'library/nginx' },
  ],
  volumes: [
    { name: 'a', secret: { secretName: 'volume-secret' } },
    {
      name: 'b',
      projected: { sources: [{ secret: { name: 'projected-secret' } }, { serviceAccountToken: { path: 't' } }] },
    },
    { name: 'c', hostPath: { path: '/' } },
    { name: 'd', image: { reference: 'quay.io/data:1' } },
  ],
};

const podFacts = {
  images: ['library/nginx', 'localhost/init:1', 'quay.io/data:1', 'registry.example:5000/app@sha256:00'],
  registries: ['docker.io', 'localhost', 'quay.io', 'registry.example:5000'],
  serviceAccounts: ['robot'],
  hostAccess: ['hostPID', 'hostPath', 'hostPort'],
  privileged: true,
  capabilities: ['NET_ADMIN'],
  secrets: ['all-secret', 'env-secret', 'projected-secret', 'pull', 'volume-secret'],
  projectsToken: true,
};

function podPart(found: ObjectFacts) {
  const { images, registries, serviceAccounts, hostAccess, privileged, capabilities, secrets, projectsToken } = found;
  const sorted = (list: readonly string[]) => [...list].sort();
  return {
    images: sorted(images),
    registries: sorted(registries),
    serviceAccounts,
    hostAccess: sorted(hostAccess),
    privileged,
    capabilities,
    secrets: sorted(secrets),
    projectsToken,
  };
}

const holders: Record<string, unknown> = {
  Pod: { kind: 'Pod', spec: pod },
  Deployment: { kind: 'Deployment', spec: { template: { spec: pod } } },
  CronJob: { kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec: pod } } } } },
  PodTemplate: { kind: 'PodTemplate', template: { spec: pod } },
  'a custom resource': { kind: 'Flow', steps: [[{ metadata: { pod } }]] },
  'a merge patch without a kind': { spec: { template: { spec: pod } } },
};

for (const [name, body] of Object.entries(holders)) {
  test(`a pod is seen in ${name}`, () => assert.deepEqual(podPart(facts(body)), podFacts));
}

test('what names the object', () => {
  const metadata = { name: 'x', labels: { a: '1', b: null }, annotations: { note: 'secret words' } };
  const found = facts({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata });
  assert.deepEqual(found, {
    ...noFacts,
    apiVersion: 'v1',
    kind: 'Secret',
    name: 'x',
    type: 'Opaque',
    labels: [
      { key: 'a', value: '1' },
      { key: 'b', value: '' },
    ],
    annotationKeys: ['note'],
  });
});

test('data of a ConfigMap is only data', () => {
  const data = { image: 'x', serviceAccountName: 'y', hostPath: '/' };
  assert.deepEqual(facts({ apiVersion: 'v1', kind: 'ConfigMap', data }).images, []);
  assert.deepEqual(facts({ apiVersion: 'example.com/v1', kind: 'ConfigMap', data }).images, ['x']);
});

test('labels and annotations are not searched', () => {
  const metadata = { labels: { image: 'x' }, annotations: { image: 'y' } };
  assert.deepEqual(facts({ metadata, spec: { template: { metadata } } }).images, []);
});

test('a value of the wrong type is not taken for "off"', () => {
  for (const value of [true, 'true', 1, {}, 'false', [1]]) {
    const spec = { privileged: value, hostNetwork: value };
    assert.deepEqual([facts({ spec }).privileged, facts({ spec }).hostAccess], [true, ['hostNetwork']]);
  }
  for (const value of [false, null, 0, []]) assert.equal(facts({ spec: { privileged: value } }).privileged, false);
});

test('replicas are a number, or the most that there can be', () => {
  const cases: [unknown, number | undefined][] = [
    [undefined, undefined],
    [null, undefined],
    [3, 3],
    ['3', 2147483647],
    [1e300, 2147483647],
    [1.5, 2147483647],
  ];
  for (const [replicas, expected] of cases) assert.equal(facts({ spec: { replicas } }).replicas, expected);
});

test('a Service says its type and external addresses', () => {
  const found = facts({ kind: 'Service', spec: { type: 'LoadBalancer', externalIPs: ['203.0.113.9'] } });
  assert.deepEqual([found.type, found.externalIPs], ['LoadBalancer', true]);
});

test('what does not show its effect is opaque', () => {
  assert.deepEqual(facts([{ op: 'copy', from: '/a', path: '/b' }], 'json-patch'), opaqueFacts);
  assert.deepEqual(facts([], 'merge-patch'), opaqueFacts);
  assert.deepEqual(facts(null), opaqueFacts);
});

test('more names than rules are asked to look at are refused', () => {
  const containers = Array.from({ length: 2001 }, (_, i) => ({ image: `i${i}` }));
  const labels = Object.fromEntries(containers.map(({ image }) => [image, '']));
  const tooMany = (error: unknown) => error instanceof PolicyError && error.code === 'ERR_POLICY_FACTS';
  assert.throws(() => facts({ spec: { containers } }), tooMany);
  assert.throws(() => facts({ metadata: { labels } }), tooMany);
  assert.equal(facts({ spec: { containers: containers.slice(1) } }).images.length, 2000);
});

test('so are names that are too long in all', () => {
  const labels = (length: number) =>
    Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, 'v'.repeat(length)]));
  assert.equal(facts({ metadata: { labels: labels(2_000) } }).labels.length, 100);
  const tooLong = (error: unknown) => error instanceof PolicyError && error.code === 'ERR_POLICY_FACTS';
  assert.throws(() => facts({ metadata: { labels: labels(3_000) } }), tooLong);
  assert.throws(() => facts({ metadata: { name: 'x'.repeat(300_000) } }), tooLong);
});

test('a large body of nothing is read without growing the stack', () => {
  assert.deepEqual(facts({ items: Array.from({ length: 240_000 }, () => 0) }), noFacts);
});

test('a field is found wherever it stands', () => {
  const name = fc.constantFrom('spec', 'template', 'metadata', 'steps', 'labels', 'x');
  fc.assert(
    fc.property(fc.array(fc.oneof(name, fc.constant(0)), { maxLength: 8 }), (path) => {
      const isLabels = path.some((step, index) => step === 'labels' && path[index - 1] === 'metadata');
      fc.pre(!isLabels);
      const body = path.reduceRight<unknown>((value, step) => (step === 0 ? [value] : { [step]: value }), {
        image: 'found',
        privileged: true,
      });
      const found = facts({ kind: 'Any', spec: body });
      assert.deepEqual([found.images, found.privileged], [['found'], true]);
    }),
  );
});
