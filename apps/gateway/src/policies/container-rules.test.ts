// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decide,
  dependenceSteps,
  doSteps,
  hypotheticalInput,
  looksAtLive,
  releasePolicySet,
} from '@countersign/policy';
import { agent, labSet, spell } from './policy-fixture.ts';

const PODS = '/api/v1/namespaces/demo/pods';
const open = '@id("open") permit (principal, action, resource);';
const notMain = `@id("not-main") forbid (principal, action in [Action::"exec", Action::"attach"], resource)
  when { context.container == "main" };`;
const onlyMain = `@id("only-main") permit (principal, action in [Action::"exec", Action::"attach"], resource)
  when { context.container == "main" };`;
const shut = '@id("shut") forbid (principal, action == Action::"exec", resource);';

function inputOf(target: string, containers?: readonly string[]) {
  const pod = { metadata: { uid: 'u' }, spec: { containers: containers?.map((name) => ({ name })) } };
  const live = containers && { live: new TextEncoder().encode(JSON.stringify(pod)) };
  const surroundings = { sourceAddress: '192.0.2.1', time: '2026-01-05T12:00:00.000Z' };
  return hypotheticalInput(agent, 'lab', { method: 'GET', target: `${PODS}/${target}`, ...live }, surroundings);
}

const table = [
  ['a forbid of the only container holds', [open, notMain], 'web/exec?command=id', ['main'], 'deny lab/not-main'],
  ['so it does where the name is empty', [open, notMain], 'web/attach?container=', ['main'], 'deny lab/not-main'],
  ['another only container is let', [open, notMain], 'web/exec?command=id', ['side'], 'allow lab/open'],
  ['a permit of the only container opens it', [onlyMain], 'web/exec?command=id', ['main'], 'allow lab/only-main'],
  ['it opens no other', [onlyMain], 'web/exec?command=id', ['side'], 'deny'],
  ['of several none is guessed', [open, notMain], 'web/exec?command=id', ['side', 'main'], 'undecided'],
  [
    'one that is named is that one',
    [open, notMain],
    'web/exec?command=id&container=side',
    ['side', 'main'],
    'allow lab/open',
  ],
  ['rules that name none ask for none', [open], 'web/exec?command=id', ['side', 'main'], 'allow lab/open'],
] as const;

for (const [what, rules, target, containers, expected] of table) {
  test(`without a container in the query: ${what}`, () => {
    const set = labSet(rules.join('\n'));
    const decision = decide(set, inputOf(target, containers));
    releasePolicySet(set);
    assert.equal(spell(decision), expected);
  });
}

test('nothing is decided by a container that nobody looked up', () => {
  const set = labSet([open, notMain].join('\n'));
  const { live: _, ...unseen } = inputOf('web/exec?command=id');
  const spelled = spell(decide(set, unseen));
  const looks = ['web/exec', 'web/exec?container=side', 'web/portforward', 'web'].map((target) =>
    looksAtLive(set, inputOf(target).request),
  );
  releasePolicySet(set);
  assert.equal(spelled, 'undecided');
  assert.deepEqual(looks, [true, false, false, false]);
});

test('the pod is looked at where its container may matter, and not where it is denied whatever that is', () => {
  const depends = [[open, notMain], [onlyMain], [notMain], [open, notMain, shut]].map((rules) => {
    const set = labSet(rules.join('\n'));
    const { onLive } = doSteps(dependenceSteps(set, inputOf('web/exec?command=id')), set.engine);
    releasePolicySet(set);
    return onLive;
  });
  assert.deepEqual(depends, [true, true, false, false]);
});
