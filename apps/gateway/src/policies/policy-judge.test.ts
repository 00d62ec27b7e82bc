// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  decide,
  decisionSteps,
  dependenceSteps,
  doSteps,
  type LiveFacts,
  type PolicyInput,
  type PolicySet,
  releasePolicySet,
} from '@countersign/policy';
import fc from 'fast-check';
import type { Asker } from '../apart/fair-thread.ts';
import { countTurns } from '../count-turns-for-tests.ts';
import { Fault } from '../faults.ts';
import { engine, inputOf, labSet } from './policy-fixture.ts';
import { PolicyJudge } from './policy-judge.ts';

const judge = new PolicyJudge(engine);
after(() => judge.close());
const asker: Asker = { agent: 'a', signal: new AbortController().signal, spendMs() {} };

const names = (prefix: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, 'v']));
const body = (labels: object, annotations: object) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'x', labels, annotations },
});
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/a/leases';
const heavy = body(names('k', 500), names('e/', 500));

const RULES = [
  '@id("open") permit (principal, action, resource);',
  '@id("change") permit (principal, action == Action::"update", resource);',
  '@id("own") permit (principal, action, resource) when { context has live && context.live.labelKeys.contains("own") };',
  '@id("no-k7") forbid (principal, action, resource) when { context has object && context.object.labelKeys.contains("k7") };',
  '@id("ask-k8") @approval("ops") forbid (principal, action == Action::"create", resource) when { context.object.labels.contains({key: "k8", value: "v"}) };',
  '@id("ask-live") @approval("ops") forbid (principal, action, resource) when { context has live && context.live.labelKeys.contains("k7") };',
  // Overflows: a rule that can't be evaluated.
  '@id("broken") forbid (principal, action == Action::"create", resource) when { context.object.name == "x" && 9223372036854775807 + 1 > 0 };',
];

function withSet<T>(rules: readonly string[], use: (set: PolicySet) => Promise<T>): Promise<T> {
  const set = labSet(['// rules', ...rules].join('\n'));
  return use(set).finally(() => releasePolicySet(set));
}

const live: LiveFacts = {
  ...{ uid: 'u', annotationKeys: [], finalizers: [], owned: false, losesFinalizers: false, fillsManifest: false },
  labels: [{ key: 'own', value: '' }],
};
const inputs = fc
  .record({
    input: fc.constantFrom(
      inputOf(`PUT ${LEASE}/x`, heavy),
      inputOf(`PUT ${LEASE}/x`, body(names('a', 3), {})),
      inputOf(`POST ${LEASE}`, heavy),
      inputOf(`POST ${LEASE}`, body({ k8: 'v' }, {})),
      inputOf(`GET ${LEASE}/x`),
    ),
    live: fc.constantFrom(null, live),
  })
  .map(({ input, live: there }): PolicyInput => ({ ...input, live: there }));

test('says in its thread what is said in place', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(RULES), inputs, async (rules, input) => {
      await withSet(rules, async (set) => {
        assert.deepEqual(await judge.run(decisionSteps(set, input), asker), decide(set, input));
        const depends = doSteps(dependenceSteps(set, input), set.engine);
        assert.deepEqual(await judge.run(dependenceSteps(set, input), asker), depends);
      });
    }),
    { numRuns: 30 },
  );
});

test('what of the object matters is what the decisions themselves differ in', () => {
  fc.assert(
    fc.property(fc.subarray(RULES), inputs, (rules, input) => {
      const set = labSet(['// rules', ...rules].join('\n'));
      const { onExistence } = doSteps(dependenceSteps(set, input), set.engine);
      const changing = decide(set, { ...input, live: null, mayCreate: false });
      const making = decide(set, { ...input, live: null });
      releasePolicySet(set);
      const differs =
        making.effect === 'ask' || making.effect !== changing.effect || isRevealing(making) !== isRevealing(changing);
      if (!input.mayCreate) assert.equal(onExistence, false);
      else if (changing.effect !== 'deny') assert.equal(onExistence, differs);
    }),
    { numRuns: 60 },
  );
});

const isRevealing = (decision: object) => 'reveal' in decision && decision.reveal;

test('keeps nobody waiting for a body of many names, and counts what it takes', async () => {
  await withSet(RULES.slice(0, 4), async (set) => {
    const steps = () => decisionSteps(set, inputOf(`PUT ${LEASE}/x`, heavy));
    await judge.run(steps(), asker);
    let spent = 0;
    const turns = await countTurns(() => judge.run(steps(), { ...asker, spendMs: (ms) => (spent += ms) }));
    assert.ok(turns > 20, `${turns} turns of the event loop`);
    assert.ok(spent > 0);
  });
});

test('policies that are no longer in force decide nothing', async () => {
  const set = labSet('@id("open") permit (principal, action, resource);');
  const input = inputOf(`POST ${LEASE}`, heavy);
  assert.equal((await judge.run(decisionSteps(set, input), asker)).effect, 'allow');
  releasePolicySet(set);
  assert.equal((await judge.run(decisionSteps(set, input), asker)).effect, 'undecided');
});

test('without its thread nothing is decided', async () => {
  const closed = new PolicyJudge(engine);
  await closed.close();
  await withSet(RULES.slice(0, 1), async (set) => {
    const asked = closed.run(decisionSteps(set, inputOf(`POST ${LEASE}`, heavy)), asker);
    await assert.rejects(asked, (error) => error instanceof Fault && error.code === 'ERR_SHUTTING_DOWN');
  });
});
