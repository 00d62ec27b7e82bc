// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decide,
  noFacts,
  type PolicyInput,
  type PolicySet,
  policyActions,
  policyActionsOf,
  preparePolicySet,
  releasePolicySet,
} from '@countersign/policy';
import fc from 'fast-check';
import { engine, inputOf, labSet } from './policy-fixture.ts';

const overflow = 'context.time.toDate().offset(duration("9223372036854775807ms")) > context.time';
const POD = '/api/v1/namespaces/a/pods/x';

/** A request for each action of the schema. */
const inputs: readonly PolicyInput[] = [
  ...[`GET ${POD}`, 'GET /api/v1/pods', 'GET /api/v1/pods?watch=1', `GET ${POD}/log`, 'POST /api/v1/namespaces/a/pods'],
  ...[
    `PUT ${POD}`,
    `PATCH ${POD}`,
    `PATCH ${POD}/ephemeralcontainers`,
    `DELETE ${POD}`,
    'DELETE /api/v1/namespaces/a/pods',
    `POST ${POD}/exec`,
  ],
  ...[`POST ${POD}/attach`, `POST ${POD}/portforward`, `GET ${POD}/proxy`, 'GET /api'],
].map((asked) => ({ ...inputOf(asked), object: noFacts }));

/** The same rules, each of which is asked about every action. */
function unsliced(set: PolicySet): PolicySet {
  const rules = [...set.rules.values()].map((rule) => ({ ...rule, actions: 'any' as const }));
  return preparePolicySet(engine, set.cluster, set.digest, rules);
}

const action = fc.constantFrom(...policyActions).map((name) => `Action::"${name}"`);
const named = fc.oneof(action, fc.constantFrom('Action::"read"', 'Action::"write"', 'Action::"connect"'));
const head = fc.oneof(
  fc.constant('action'),
  action.map((name) => `action == ${name}`),
  named.map((name) => `action in ${name}`),
  fc.array(named, { minLength: 1, maxLength: 3 }).map((names) => `action in [${names.join(', ')}]`),
);
const rule = fc
  .tuple(
    fc.constantFrom('permit', '@reveal permit', 'forbid', '@approval("a") forbid'),
    head,
    fc.constantFrom('', `when { ${overflow} }`, 'when { context.source.isLoopback() }'),
  )
  .map(([effect, actions, when]) => `${effect} (principal, ${actions}, resource) ${when};`);

test('there is a request here for each action', () => {
  assert.deepEqual(new Set(inputs.flatMap(({ request }) => policyActionsOf(request))), new Set(policyActions));
});

test('the rules that may concern an action decide as all rules do', () => {
  const openRule = fc.constant('permit (principal, action, resource);');
  fc.assert(
    fc.property(fc.array(fc.oneof(openRule, rule), { maxLength: 6 }), (rules) => {
      const sliced = labSet(['// rules', ...rules].join('\n'));
      const whole = unsliced(sliced);
      for (const input of inputs) assert.deepEqual(decide(sliced, input), decide(whole, input));
      releasePolicySet(whole);
      releasePolicySet(sliced);
    }),
    { numRuns: 60 },
  );
});

test('actions with the same rules share what is prepared', () => {
  const set = labSet('permit (principal, action in Action::"read", resource);');
  const slots = new Set([...set.slices.values()].map(({ opening }) => opening.slot));
  assert.equal(slots.size, 2);
  releasePolicySet(set);
});
