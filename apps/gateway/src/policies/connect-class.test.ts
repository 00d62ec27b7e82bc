// SPDX-License-Identifier: Apache-2.0
// All by which code runs in a pod that is there is one class: one rule covers it, and none of it is opened by a permit of reads
// or writes alone.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decide, explain, releasePolicySet } from '@countersign/policy';
import { inputOf, labSet, spell } from './policy-fixture.ts';

const POD = '/api/v1/namespaces/a/pods/x';
const BODY = { spec: { ephemeralContainers: [{ name: 'd', image: 'busybox' }] } };
const debug = inputOf(`PATCH ${POD}/ephemeralcontainers`, BODY);

const members = [
  ...['GET', 'POST'].flatMap((method) =>
    ['exec?command=id', 'attach', 'portforward'].map((what) => inputOf(`${method} ${POD}/${what}`)),
  ),
  ...['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) =>
    [`${POD}/proxy/a`, '/api/v1/namespaces/a/services/x/proxy', '/api/v1/nodes/n/proxy/run/a/x/c'].map((path) =>
      inputOf(`${method} ${path}`),
    ),
  ),
  debug,
  inputOf(`PUT ${POD}/ephemeralcontainers`, BODY),
];

const permit = '@id("open") permit (principal, action, resource);';
const connects = '@id("connects") permit (principal, action in Action::"connect", resource);';
const writes = '@id("writes") permit (principal, action in Action::"write", resource);';
const forbid = '@id("shut") forbid (principal, action in Action::"connect", resource);';
const held = '@id("held") @approval("operators") forbid (principal, action in Action::"connect", resource);';
const heldWrite = '@id("held-write") @approval("owners") forbid (principal, action in Action::"write", resource);';
const reads = '@id("reads") permit (principal, action in Action::"read", resource);';

suite('all by which code runs in a pod', () => {
  for (const [what, policies, answer] of [
    ['is closed by one forbid', `${permit} ${forbid}`, 'deny lab/shut'],
    ['is held by one approval', `${permit} ${held}`, 'ask lab/open lab/held'],
    ['is not opened by permits of reads and writes', `${reads} ${writes}`, 'deny'],
  ] as const) {
    test(what, () => {
      const set = labSet(policies);
      for (const input of members)
        assert.equal(spell(decide(set, input)), answer, explain(set, input, decide(set, input)).summary);
      releasePolicySet(set);
    });
  }
});

for (const [what, policies, answer] of [
  ['takes a permit as a write, too', connects, 'deny'],
  ['takes both permits', `${connects} ${writes}`, 'allow lab/writes lab/connects'],
  [
    'is closed by a forbid of writes',
    `${permit} ${heldWrite.replace('@approval("owners")', '')}`,
    'deny lab/held-write',
  ],
  [
    'is held for all who are asked, as either',
    `${permit} ${held} ${heldWrite}`,
    'ask lab/open lab/held-write lab/held',
  ],
  ['is closed by a forbid, whatever is asked of it as the other', `${permit} ${heldWrite} ${forbid}`, 'deny lab/shut'],
  [
    'is judged by what it runs',
    `${permit} @id("image") forbid (principal, action == Action::"ephemeralcontainers", resource) when { context.object.registries.contains("docker.io") };`,
    'deny lab/image',
  ],
] as const) {
  test(`an ephemeral container ${what}`, () => {
    const set = labSet(policies);
    assert.equal(spell(decide(set, debug)), answer);
    releasePolicySet(set);
  });
}

test('an ephemeral container is let and seen by what lets both: approvals add up, and a permit in the clear is for both', () => {
  const set = labSet(`${connects.replace('permit', '@reveal permit')} ${writes} ${held} ${heldWrite}`);
  const decision = decide(set, debug);
  assert.ok(decision.effect === 'ask');
  assert.deepEqual([decision.reveal, decision.approvals.map(({ group }) => group)], [false, ['owners', 'operators']]);
  assert.match(
    explain(labSet(writes), debug, decide(labSet(writes), debug)).change.join('\n'),
    /as each of Action::"patch" and Action::"ephemeralcontainers"/,
  );
  releasePolicySet(set);
});

test('to read the ephemeral containers of a pod is a read', () => {
  const set = labSet(`${reads} ${forbid}`);
  assert.equal(spell(decide(set, inputOf(`GET ${POD}/ephemeralcontainers`))), 'allow lab/reads');
  releasePolicySet(set);
});
