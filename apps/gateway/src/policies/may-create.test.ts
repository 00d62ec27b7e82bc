// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decide,
  dependenceSteps,
  doSteps,
  hypotheticalInput,
  type PolicyInput,
  type PolicySet,
  releasePolicySet,
} from '@countersign/policy';
import { agent, inputOf, labSet, spell } from './policy-fixture.ts';

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/a/leases/x';
const SETTINGS = '/api/v1/namespaces/a/configmaps/x';
const change = '@id("change") permit (principal, action in [Action::"update", Action::"patch"], resource);';
const liveChange =
  '@id("own") permit (principal, action, resource) when { context has live && context.live.labelKeys.contains("own") };';
const make = '@id("make") permit (principal, action == Action::"create", resource);';
const noMaking = '@id("no-making") forbid (principal, action == Action::"create", resource);';
const askedMaking = '@id("asked") @approval("ops") forbid (principal, action == Action::"create", resource);';

const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
const surroundings = { sourceAddress: '192.0.2.1', time: '2026-01-05T12:00:00.000Z' };
const live = Buffer.from(JSON.stringify({ metadata: { uid: 'u1' } }));

function patched(contentType: string, there?: Uint8Array): PolicyInput {
  const asked = { method: 'PATCH', target: `${SETTINGS}?fieldManager=me`, contentType };
  const bytes = Buffer.from(JSON.stringify(body));
  return hypotheticalInput(agent, 'lab', { ...asked, body: bytes, ...(there ? { live: there } : {}) }, surroundings);
}

const writes: readonly (readonly [what: string, input: PolicyInput, mayCreate: boolean])[] = [
  ['a put', inputOf(`PUT ${LEASE}`, { ...body, kind: 'Lease' }), true],
  ['an apply', patched('application/apply-patch+yaml'), true],
  ['an apply of what is there', patched('application/apply-patch+yaml', live), false],
  ['a merge patch', patched('application/merge-patch+json'), false],
  ['a put of a scale', inputOf('PUT /apis/apps/v1/namespaces/a/deployments/x/scale', body), false],
];

function withSet<T>(rules: readonly string[], use: (set: PolicySet) => T): T {
  const set = labSet(rules.join('\n'));
  try {
    return use(set);
  } finally {
    releasePolicySet(set);
  }
}

for (const [what, input, isBoth] of writes) {
  test(`${what} is judged as ${isBoth ? 'a create as well' : 'a change alone'}`, () => {
    const decided = (...rules: string[]) => withSet(rules, (set) => spell(decide(set, input)));
    assert.equal(decided(change), isBoth ? 'deny' : 'allow lab/change');
    assert.equal(decided(change, make), isBoth ? 'allow lab/change lab/make' : 'allow lab/change');
    assert.equal(decided(change, make, noMaking), isBoth ? 'deny lab/no-making' : 'allow lab/change');
    assert.equal(decided(change, make, askedMaking), isBoth ? 'ask lab/change lab/make lab/asked' : 'allow lab/change');
    assert.equal(decided(make), 'deny');
  });
}

test('it matters whether the object is there where making it is judged otherwise than changing it', () => {
  const matters = (input: PolicyInput, ...rules: string[]) =>
    withSet(rules, (set) => doSteps(dependenceSteps(set, input), set.engine).onExistence);
  const [put, apply] = [writes[0]?.[1], writes[1]?.[1]];
  assert.ok(put && apply);
  for (const input of [put, apply]) {
    assert.equal(matters(input, change), true);
    assert.equal(matters(input, change, make), false);
    assert.equal(matters(input, change, make, noMaking), true);
    assert.equal(matters(input, change, make, askedMaking), true);
    assert.equal(matters(input, make), false, 'whatever is there, it may not be changed');
    assert.equal(matters(input, liveChange), true, 'what the object opens must not be made in its place');
    assert.equal(matters(input, change, `@reveal ${make.slice(12)}`), false, 'a change shows no more than before');
    assert.equal(matters(input, `@reveal ${change.slice(14)}`, make), true, 'what is there is seen in the clear');
  }
  assert.equal(matters(patched('application/merge-patch+json'), change), false);
});

test('of a put no question is asked twice to find out whether the object matters', () => {
  const [put] = writes[0]?.slice(1) ?? [];
  withSet([change, make, noMaking, askedMaking], (set) => {
    const steps = dependenceSteps(set, put as PolicyInput);
    const asked: string[] = [];
    for (let step = steps.next(); !step.done; ) {
      const { prepared, call } = step.value;
      asked.push(`${prepared.slot} ${call.action.id}`);
      step = steps.next(set.engine.evaluate(prepared, call));
    }
    assert.deepEqual(asked, [...new Set(asked)]);
    assert.ok(asked.length > 0 && asked.length <= 4);
  });
});
