// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBodyFormat, parseJson } from '@countersign/kube';
import fc from 'fast-check';
import { factsOf } from './facts-of.ts';
import { noFacts, type ObjectFacts, opaqueFacts } from './object-facts.ts';
import { PolicyError } from './policy-error.ts';

function facts(body: unknown, format: JsonBodyFormat = 'json', target = { group: '', resource: 'pods' }): ObjectFacts {
  return factsOf(format, parseJson(new TextEncoder().encode(JSON.stringify(body))), target);
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

test('what a pod asks of its node and of the scheduler', () => {
  const found = facts({
    spec: {
      nodeName: 'n1',
      priorityClassName: 'system-node-critical',
      runtimeClassName: 'kata',
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane' }, { operator: 'Exists' }],
      volumes: [{ name: 'a', nfs: {} }, { name: 'b', emptyDir: {} }, { hostPath: { path: '/' } }],
      resourceClaims: [{ adminAccess: true }],
    },
  });
  assert.deepEqual(
    [found.nodeNames, found.priorityClasses, found.runtimeClasses, found.adminAccess],
    [['n1'], ['system-node-critical'], ['kata'], true],
  );
  assert.deepEqual(found.volumes, ['emptyDir', 'hostPath', 'nfs']);
  assert.deepEqual([...found.tolerations].sort(), ['*', 'node-role.kubernetes.io/control-plane']);
});

test('what is less confined than others', () => {
  const unconfined: Record<string, unknown>[] = [
    { seccompProfile: { type: 'Unconfined' } },
    { appArmorProfile: { type: 'Unconfined' } },
    { procMount: 'Unmasked' },
    { seLinuxOptions: { type: 'spc_t' } },
    { sysctls: [{ name: 'a', value: 'b' }] },
  ];
  for (const securityContext of unconfined)
    assert.ok(facts({ spec: { securityContext } }).unconfined, JSON.stringify(securityContext));
  const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' };
  assert.ok(facts({ metadata: { annotations } }).unconfined);
  assert.ok(facts({ spec: { template: { metadata: { annotations } } } }).unconfined);
  const confined = { seccompProfile: { type: 'RuntimeDefault' }, procMount: 'Default', sysctls: [] };
  assert.equal(facts({ spec: { securityContext: confined } }).unconfined, false);
});

test('what a role grants and a binding binds', () => {
  const role = facts({ rules: [{ verbs: ['escalate', 'get'], resources: ['roles'], apiGroups: ['*'] }] });
  assert.deepEqual(
    [role.grantedVerbs, role.grantedResources, role.aggregates],
    [['escalate', 'get'], ['roles'], false],
  );
  assert.ok(facts({ metadata: { labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } } }).aggregates);
  assert.ok(facts({ aggregationRule: { clusterRoleSelectors: [{}] } }).aggregates);
  const binding = facts({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
    subjects: [
      { kind: 'ServiceAccount', namespace: 'a', name: 'b' },
      { kind: 'Group', name: 'system:authenticated' },
    ],
  });
  assert.deepEqual(binding.roleRefs, ['ClusterRole/admin']);
  assert.deepEqual(binding.subjects, ['ServiceAccount/a/b', 'Group/system:authenticated']);
});

test('labels and selectors', () => {
  const matchExpressions = [{ key: 'tier', operator: 'Exists' }];
  const found = facts({
    spec: {
      selector: { app: 'a', matchLabels: { app: 'b' }, matchExpressions },
      template: { metadata: { labels: { app: 'b' } } },
    },
  });
  const byText = (list: readonly { key: string; value: string }[]) =>
    list.map(({ key, value }) => `${key}=${value}`).sort();
  assert.deepEqual(byText(found.selectors), ['app=a', 'app=b', 'tier=']);
  assert.deepEqual(byText(found.podLabels), ['app=b']);
  assert.deepEqual(found.labels, []);
});

test('what names the object', () => {
  const metadata = { name: 'x', labels: { a: '1', b: null }, annotations: { note: 'secret words' } };
  const secrets = { group: '', resource: 'secrets' };
  const found = facts({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata }, 'json', secrets);
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

test('data of a ConfigMap is only data, in a patch too', () => {
  const data = { image: 'x', serviceAccountName: 'y', hostPath: '/' };
  const configMaps = { group: '', resource: 'configmaps' };
  const patch = [{ op: 'add', path: '/data/image', value: 'x' }];
  assert.deepEqual(facts({ data }, 'merge-patch', configMaps).images, []);
  assert.deepEqual(facts(patch, 'json-patch', configMaps).images, []);
  assert.deepEqual(facts({ kind: 'ConfigMap', data }, 'json', { ...configMaps, group: 'example.com' }).images, ['x']);
  assert.deepEqual(facts(patch, 'json-patch').images, ['x']);
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

test('how many pods there are at a time stands elsewhere in each kind', () => {
  const of = (group: string, resource: string, spec: object) => facts({ spec }, 'json', { group, resource }).replicas;
  const spec = { replicas: 1, parallelism: 2, maxReplicas: 3, jobTemplate: { spec: { parallelism: 4 } } };
  assert.equal(of('apps', 'deployments', spec), 1);
  assert.equal(of('', 'replicationcontrollers', spec), 1);
  assert.equal(of('batch', 'jobs', spec), 2);
  assert.equal(of('autoscaling', 'horizontalpodautoscalers', spec), 3);
  assert.equal(of('batch', 'cronjobs', spec), 4);
  assert.equal(of('batch', 'jobs', { replicas: 1 }), undefined);
});

test('what is set of a container shows, though it is neither image nor privilege', () => {
  const path = '/spec/steps/0/spec/containers/0/command';
  assert.ok(facts([{ op: 'add', path, value: ['sh'] }], 'json-patch').containers);
  assert.ok(facts({ spec: { ephemeralContainers: [{}] } }, 'strategic-merge-patch').containers);
  assert.equal(facts([{ op: 'remove', path }], 'json-patch').containers, false);
  assert.equal(facts({ spec: { containers: [] } }).containers, false);
});

test('what operators call otherwise shows too: sidecars, parts of an image, variables, volumes, Secrets', () => {
  const containersIn = (spec: object) => facts({ spec }).containers;
  assert.ok(containersIn({ extraContainers: [{ name: 'c' }] }));
  assert.ok(containersIn({ sidecars: [{ name: 'c' }] }));
  assert.ok(containersIn({ extraEnvVars: [{ name: 'A', value: 'b' }] }));
  assert.ok(containersIn({ envFrom: [{ configMapRef: { name: 'c' } }] }));
  assert.ok(containersIn({ command: ['sh'] }));
  assert.ok(containersIn({ image: { tag: 'v2' } }));
  assert.equal(containersIn({ environment: 'test', title: 'command', image: {}, args: [] }), false);
  const parts = { registry: 'quay.io', repository: 'team/app', tag: 'v1' };
  assert.deepEqual(facts({ spec: { image: parts } }).images, ['quay.io/team/app']);
  assert.deepEqual(facts({ spec: { image: { repository: 'team/app' } } }).images, ['team/app']);
  assert.deepEqual(facts({ spec: { additionalVolumes: [{ name: 'v', hostPath: {} }] } }).volumes, ['hostPath']);
  const secrets = {
    existingSecret: 'a',
    tlsSecretName: 'b',
    secrets: ['c'],
    writeConnectionSecretToRef: { name: 'd' },
  };
  assert.deepEqual(facts({ spec: secrets }).secrets.toSorted(), ['a', 'b', 'c', 'd']);
  const selectors = {
    bearerTokenSecret: { name: 'a', key: 'k' },
    clientSecret: 'hunter2',
    tlsSecrets: [{ name: 'b' }],
  };
  assert.deepEqual(facts({ spec: selectors }).secrets.toSorted(), ['a', 'b']);
});

test('another namespace that data comes from is named, whoever imports it', () => {
  const source = { pvc: { namespace: 'b', name: 'x' } };
  assert.deepEqual(facts({ spec: { source } }).sourceNamespaces, ['b']);
});

test('a Secret that is referred to by its kind is named', () => {
  const secretsIn = (spec: object) => facts({ spec }).secrets;
  assert.deepEqual(secretsIn({ valuesFrom: [{ kind: 'Secret', name: 'a', valuesKey: 'k' }] }), ['a']);
  assert.deepEqual(secretsIn({ resource: { kind: 'Secret', metadata: { name: 'b' } } }), ['b']);
  assert.deepEqual(secretsIn({ trigger: { kind: 'Secret' } }), ['*']);
  const parameters = { 'csi.storage.k8s.io/node-stage-secret-name': 'c' };
  assert.deepEqual(facts({ parameters }).secrets, ['c']);
});

test('service accounts, roles and images show under the names that operators have for them', () => {
  const spec = {
    serviceAccountRef: { name: 'a' },
    driver: { serviceAccount: 'b' },
    serviceAccountNames: ['c'],
    clusterRoleName: 'admin',
    additionalRoleBindings: [{ clusterRoles: ['view'], roleRef: { kind: 'Role', name: 'r' } }],
    dockerImage: 'quay.io/x:1',
    imageName: 'y:2',
  };
  const found = facts({ spec });
  assert.deepEqual(found.serviceAccounts.toSorted(), ['a', 'b', 'c']);
  assert.deepEqual(found.roleRefs.toSorted(), ['Role/r', 'admin', 'view']);
  assert.deepEqual(found.images.toSorted(), ['quay.io/x:1', 'y:2']);
  assert.ok(facts({ spec: { podTemplate: { metadata: {} } } }).containers);
  assert.ok(facts({ spec: { steps: [{ script: 'id' }] } }).containers);
});

test('a Service says its type and external addresses', () => {
  const body = { kind: 'Service', spec: { type: 'LoadBalancer', externalIPs: ['203.0.113.9'] } };
  const found = facts(body, 'json', { group: '', resource: 'services' });
  assert.deepEqual([found.type, found.externalIPs], ['LoadBalancer', true]);
});

/** The operations that lay a value out from the root, one for each leaf. */
function operations(value: unknown, path = ''): { op: string; path: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ op: 'replace', path, value }];
  return Object.entries(value).flatMap(([key, member]) =>
    operations(member, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

for (const [name, body] of Object.entries(holders)) {
  test(`a pod is seen in a JSON patch of ${name}, whole or leaf by leaf`, () => {
    assert.deepEqual(podPart(facts([{ op: 'add', path: '', value: body }], 'json-patch')), podFacts);
    assert.deepEqual(podPart(facts(operations(body), 'json-patch')), podFacts);
  });
}

test('a JSON patch says what it sets of the object itself', () => {
  const patch = [
    { op: 'test', path: '/metadata/labels/a', value: 'not set' },
    { op: 'add', path: '/metadata/labels/example.com~1team', value: 'x' },
    { op: 'replace', path: '/metadata/annotations/0', value: 'y' },
    { op: 'add', path: '/metadata/ownerReferences/-', value: { kind: 'Pod' } },
    { op: 'remove', path: '/spec/paused' },
    { op: 'replace', path: '/spec/replicas', value: 7 },
  ];
  const { labels, annotationKeys, owned, replicas, opaque } = facts(patch, 'json-patch');
  assert.deepEqual(labels, [{ key: 'example.com/team', value: 'x' }]);
  assert.deepEqual([annotationKeys, owned, replicas, opaque], [['0'], true, 7, false]);
});

test('what does not show its effect is opaque', () => {
  assert.deepEqual(facts([{ op: 'copy', from: '/a', path: '/b' }], 'json-patch'), opaqueFacts);
  assert.deepEqual(facts([{ op: 'move', from: '/a', path: '/b' }], 'json-patch'), opaqueFacts);
  assert.deepEqual(facts([{ op: 'ADD', path: '/b', value: 1 }], 'json-patch'), opaqueFacts);
  assert.deepEqual(facts([{ op: 'add', path: 'b', value: 1 }], 'json-patch'), opaqueFacts);
  assert.deepEqual(facts([{ op: 'add', path: '/a'.repeat(129), value: 1 }], 'json-patch'), opaqueFacts);
  assert.deepEqual(facts({}, 'json-patch'), opaqueFacts);
  assert.deepEqual(facts(Array(10_001).fill({ op: 'remove', path: '/a' }), 'json-patch'), opaqueFacts);
  assert.deepEqual(facts([], 'merge-patch'), opaqueFacts);
  assert.deepEqual(facts(null), opaqueFacts);
});

test('more names than rules are asked to look at are refused', () => {
  const containers = Array.from({ length: 501 }, (_, i) => ({ image: `i${i}` }));
  const labels = Object.fromEntries(containers.map(({ image }) => [image, '']));
  const tooMany = (error: unknown) => error instanceof PolicyError && error.code === 'ERR_POLICY_FACTS';
  assert.throws(() => facts({ spec: { containers } }), tooMany);
  assert.throws(() => facts({ metadata: { labels } }), tooMany);
  assert.equal(facts({ spec: { containers: containers.slice(1) } }).images.length, 500);
});

test('so are names that are too long in all', () => {
  const labels = (length: number) =>
    Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, 'v'.repeat(length)]));
  assert.equal(facts({ metadata: { labels: labels(200) } }).labels.length, 100);
  const tooLong = (error: unknown) => error instanceof PolicyError && error.code === 'ERR_POLICY_FACTS';
  assert.throws(() => facts({ metadata: { labels: labels(400) } }), tooLong);
  assert.throws(() => facts({ metadata: { name: 'x'.repeat(33_000) } }), tooLong);
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

test('the type is the one that takes effect, whatever else calls itself a type', () => {
  const services = { group: '', resource: 'services' };
  const typeOf = (body: unknown, format: JsonBodyFormat = 'json', target = services) =>
    facts(body, format, target).type;
  assert.equal(typeOf({ kind: 'Service', type: 'ClusterIP', spec: { type: 'LoadBalancer' } }), 'LoadBalancer');
  assert.equal(typeOf({ kind: 'Service', type: 'ClusterIP', spec: {} }, 'merge-patch'), '');
  const twice = [
    { op: 'replace', path: '/spec/type', value: 'ClusterIP' },
    { op: 'replace', path: '/spec/type', value: 'LoadBalancer' },
  ];
  assert.equal(typeOf(twice, 'json-patch'), 'LoadBalancer');
  const secrets = { group: '', resource: 'secrets' };
  const token = 'kubernetes.io/service-account-token';
  assert.equal(typeOf({ kind: 'Secret', spec: { type: 'Opaque' }, type: token }, 'json', secrets), token);
  assert.equal(typeOf({ kind: 'Vault', type: 'a', spec: { type: 'b' } }, 'json', { group: 'x', resource: 'y' }), '');
});
