// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '@countersign/kube';
import fc from 'fast-check';
import { factsOf } from './facts-of.ts';
import type { ObjectFacts } from './object-facts.ts';

type Json = null | boolean | string | Json[] | { [key: string]: Json };

const target = { group: 'example.com', resource: 'flows' };
const facts = (format: 'json' | 'json-patch', body: unknown): ObjectFacts =>
  factsOf(format, parseJson(new TextEncoder().encode(JSON.stringify(body))), target);

const key = fc.constantFrom(
  ...['spec', 'template', 'metadata', 'containers', 'image', 'volumes', 'hostPath', 'hostPID', 'securityContext'],
  ...['privileged', 'capabilities', 'add', 'secretName', 'secretRef', 'name', 'serviceAccountName', 'nodeName'],
  ...['seccompProfile', 'type', 'tolerations', 'key', 'labels', '0', '-', 'a/b', 'a~1'],
);
const leaf: fc.Arbitrary<Json> = fc.constantFrom(null, true, false, 'x', 'y', 'Unconfined');
const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    fc.array(tie('tree'), { maxLength: 2 }),
  ),
}));
const root = fc.record({ spec: tree });

/** Every place of a document that an operation may replace, as a pointer, and how to write it. */
function places(value: Json, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, member]) =>
    places(member as Json, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
  return [path, ...inner];
}

/** RFC 6902 replace. */
function replaced(value: Json, [segment, ...rest]: readonly string[], by: Json): Json {
  if (segment === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === segment ? replaced(item, rest, by) : item));
  const members = value as { [name: string]: Json };
  return { ...members, [segment]: replaced(members[segment] ?? null, rest, by) };
}

const sets = [
  'images',
  'hostAccess',
  'capabilities',
  'volumes',
  'secrets',
  'serviceAccounts',
  'nodeNames',
  'tolerations',
] as const;

/** Every way that the API server takes for the first and the last of one. */
const spellings = (path: string) => [path, path.replaceAll('/0', '/-1'), path.replaceAll('/0', '/+0')];

/** What is there after an operation was there before, or the patch says it. */
function assertNothingUnsaid(before: Json, path: string, value: Json): void {
  const segments = path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const after = facts('json', replaced(before, segments, value));
  const known = facts('json', before);
  for (const spelling of spellings(path)) {
    const said = facts('json-patch', [{ op: 'replace', path: spelling, value }]);
    const what = `${spelling} ${JSON.stringify(value)}`;
    for (const name of sets) {
      const missing = after[name].filter((one) => !known[name].includes(one) && !said[name].includes(one));
      assert.deepEqual(missing, [], `${name} by ${what}`);
    }
    for (const name of ['containers', 'privileged', 'unconfined', 'projectsToken'] as const)
      assert.ok(!after[name] || known[name] || said[name], `${name} by ${what}`);
  }
}

const pod: Json = {
  spec: {
    nodeName: '',
    serviceAccountName: '',
    tolerations: [{ key: 'a' }],
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        image: '',
        securityContext: { privileged: false, capabilities: { add: ['CHOWN'] } },
        env: [{ valueFrom: { secretKeyRef: { name: '' } } }],
        ports: [{ hostPort: '' }],
      },
    ],
    volumes: [
      { name: 'v', secret: { secretName: '' } },
      { name: 'p', projected: { sources: [{ serviceAccountToken: null }] } },
      { name: 'i', image: { reference: '' } },
    ],
  },
};
const values: readonly Json[] = [
  ...['x', true, null, 'Unconfined', []],
  ...[{ type: 'Unconfined' }, { key: 'b' }, { add: ['BPF'] }, { secretName: 'x' }, { reference: 'x' }, { name: 'x' }],
  ...[{ hostPath: { path: '/' } }, { image: 'x' }, { privileged: true }, { path: 't' }, { operator: 'Exists' }],
  ...[[{ hostPath: {} }], [{ key: 'b' }], [{ image: 'x' }], [{ serviceAccountToken: { path: 't' } }], ['BPF']],
];

for (const path of places(pod).slice(1)) {
  test(`a JSON patch says what it brings to ${path} of a pod`, () => {
    for (const value of values) assertNothingUnsaid(pod, path, value);
  });
}

test('a JSON patch says what it brings to anything', () => {
  fc.assert(
    fc.property(root, tree, fc.nat(), (before, value, choice) => {
      const all = places(before).slice(1);
      assertNothingUnsaid(before, all[choice % all.length] ?? '/spec', value);
    }),
    { numRuns: 500 },
  );
});
