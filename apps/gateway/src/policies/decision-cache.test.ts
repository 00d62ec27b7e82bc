// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DecisionCache, decide, noFacts, type PolicyInput } from '@countersign/policy';
import fc from 'fast-check';
import { agent, inputOf, labSet } from './policy-fixture.ts';

const open = '@id("open") permit (principal, action, resource);';

/** Each looks at something else; beside one another they make sets whose decisions depend on any mix of it. */
const rules = [
  open,
  '@id("team") @reveal permit (principal in Group::"team", action in Action::"read", resource in Namespace::"a");',
  '@id("named") forbid (principal, action, resource is Resource) when { resource.name == "x" };',
  '@id("one") forbid (principal, action, resource == Resource::"/api/v1/namespaces/a/pods/y");',
  '@id("hours") forbid (principal, action == Action::"list", resource) when { context.time > datetime("2026-01-05T18:00:00Z") };',
  '@id("fresh") forbid (principal, action == Action::"delete", resource) when { context.credential.expiresAt < datetime("2026-01-05T13:00:00Z") };',
  '@id("inside") @approval("ops") forbid (principal, action, resource) unless { context.source.isInRange(ip("10.0.0.0/8")) };',
  '@id("dry") forbid (principal, action in Action::"write", resource is Resource) when { context.dryRun };',
  '@id("selects") forbid (principal, action == Action::"watch", resource is Resource) when { context.labelSelector == "" };',
  '@id("owner") forbid (principal is Agent, action, resource) when { principal.owner == Human::"eve" };',
  '@id("acts") forbid (principal, action, resource) when { !principal.actors.isEmpty() };',
  '@id("paths") forbid (principal, action, resource is Path) when { resource.path like "/healthz*" };',
  '@id("secrets") forbid (principal, action, resource is Resource) when { resource.resource == "secrets" && resource.subresource == "" };',
  '@id("held") forbid (principal, action in [Action::"get", Action::"delete"], resource) when { context has live && context.live.labelKeys.contains("held") };',
  '@id("shell") forbid (principal, action == Action::"exec", resource) when { context.program == "sh" };',
  '@id("typed") forbid (principal, action == Action::"attach", resource) when { context.stdin };',
];

const live = {
  uid: 'u',
  labels: [{ key: 'held', value: '' }],
  annotationKeys: [],
  finalizers: [],
  owned: false,
  losesFinalizers: false,
  fillsManifest: false,
};

const targets = [
  'GET /api/v1/namespaces/a/pods/x',
  'GET /api/v1/namespaces/a/pods/y',
  'GET /api/v1/namespaces/b/pods/y',
  'GET /api/v1/namespaces/a/pods',
  'GET /api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx',
  'GET /api/v1/namespaces/a/pods?watch=1',
  'GET /api/v1/namespaces/a/pods?watch=1&labelSelector=a%3Db',
  'GET /api/v1/namespaces/a/pods/x/log',
  'GET /api/v1/secrets',
  'GET /apis/apps/v1/namespaces/a/deployments/x',
  'DELETE /api/v1/namespaces/a/pods/x',
  'DELETE /api/v1/namespaces/a/pods/y?dryRun=All',
  'GET /healthz',
  'GET /version',
  'POST /api/v1/namespaces/a/pods',
  'POST /api/v1/namespaces/a/pods/x/exec?command=sh',
  'POST /api/v1/namespaces/a/pods/x/exec?command=ls&tty=1',
  'GET /api/v1/namespaces/a/pods/x/attach?stdin=1',
  'GET /api/v1/namespaces/a/pods/x/attach',
];

const input: fc.Arbitrary<PolicyInput> = fc
  .record({
    target: fc.constantFrom(...targets),
    groups: fc.constantFrom([], ['team'], ['team', 'other']),
    owner: fc.constantFrom('ada', 'eve'),
    act: fc.constantFrom([], [{ issuer: 'https://issuer.example', subject: 'human' }]),
    sourceAddress: fc.constantFrom('10.1.2.3', '192.0.2.1', 'nonsense'),
    time: fc.constantFrom('2026-01-05T12:00:00.000Z', '2026-01-05T19:00:00.000Z'),
    expiresAt: fc.constantFrom('2026-01-05T12:30:00.000Z', '2026-01-05T20:00:00.000Z'),
    name: fc.constantFrom('x', 'z'),
    found: fc.constantFrom(undefined, null, live, { ...live, labels: [] }),
    isReview: fc.boolean(),
  })
  .map(({ target, groups, owner, act, sourceAddress, time, expiresAt, name, found, isReview }) => ({
    ...inputOf(
      target,
      target.endsWith('/pods') && target.startsWith('POST') ? { kind: 'Pod', metadata: { name } } : undefined,
    ),
    principal: { ...agent, groups, owner, act },
    live: found,
    ...(isReview ? { object: noFacts, live: null, mayCreate: false } : {}),
    sourceAddress,
    time,
    credential: { kind: 'token', expiresAt },
  }));

test('what is kept is what would be decided anew, whatever the rules look at', () => {
  fc.assert(
    fc.property(
      fc.subarray(rules, { minLength: 1 }),
      fc.array(input, { minLength: 10, maxLength: 40 }),
      (some, inputs) => {
        const cache = new DecisionCache(labSet(some.join('\n')));
        try {
          for (const one of [...inputs, ...inputs]) assert.deepEqual(cache.decide(one), decide(cache.set, one));
        } finally {
          cache.release();
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('with the shipped policies a thousand objects are one decision', async () => {
  const baseline = fileURLToPath(new URL('../../../../policies/baseline', import.meta.url));
  const files = (await readdir(baseline)).filter((file) => file.endsWith('.cedar'));
  assert.ok(files.length > 0);
  const texts = await Promise.all(files.map((file) => readFile(join(baseline, file), 'utf8')));
  const cache = new DecisionCache(labSet(open, texts.join('\n')));
  for (let index = 0; index < 1_000; index++) cache.decide(inputOf(`GET /api/v1/namespaces/a/configmaps/c-${index}`));
  assert.equal(cache.size, 1);
  cache.release();
});

test('what a caller chooses does not grow it without end', () => {
  const cache = new DecisionCache(labSet(`${open} ${rules[2]}`));
  for (let index = 0; index < 4_200; index++) cache.decide(inputOf(`GET /api/v1/namespaces/a/pods/p-${index}`));
  assert.equal(cache.size, 4_096);
  const long = `GET /api/v1/pods?labelSelector=${Array.from({ length: 500 }, (_, index) => `l-${index}`).join('%2C')}`;
  assert.equal(cache.decide(inputOf(long)).effect, 'allow');
  assert.equal(cache.size, 4_096);
  cache.release();
});

test('a released set decides nothing, not even what it has decided before', () => {
  const cache = new DecisionCache(labSet(open));
  const asked = inputOf('GET /api/v1/namespaces/a/pods/x');
  assert.equal(cache.decide(asked).effect, 'allow');
  cache.release();
  assert.equal(cache.decide(asked).effect, 'undecided');
});

test('a review of all that is served is decided once, and pushes no decision of a request out', async () => {
  const cache = new DecisionCache(labSet(`${open} ${rules[13]}`));
  const asked = inputOf('GET /version');
  cache.decide(asked);
  const verbs = ['GET', 'PUT', 'PATCH', 'DELETE'];
  const reviewed = verbs.map((verb) => ({
    ...inputOf(`${verb} /api/v1/namespaces/a/pods/x`, verb === 'GET' || verb === 'DELETE' ? undefined : {}),
    ...{ object: noFacts, live: null, mayCreate: false },
  }));
  for (const one of [...reviewed, ...reviewed]) cache.decide(one);
  assert.equal(cache.size, 1 + verbs.length);
  for (let index = 0; index < 4_200; index++) {
    cache.decide({ ...inputOf(`GET /api/v1/namespaces/n-${index}/pods`), object: noFacts, live: null });
  }
  assert.equal(cache.size, 1 + 4_096);
  cache.release();
});
