// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Decision, decide, dependenceSteps, doSteps, releasePolicySet } from '@countersign/policy';
import fc from 'fast-check';
import { inputOf, labSet, spell } from './policy-fixture.ts';

const head = inputOf('POST /api/v1/namespaces/a/pods/x/portforward');
const open = (when: string, id = 'open') =>
  `@id("${id}") @reveal permit (principal, action == Action::"portforward", resource) when { ${when} };`;
const shut = (when: string) =>
  `@id("shut") forbid (principal, action == Action::"portforward", resource) when { ${when} };`;

function decided(rules: readonly string[], port?: number, input = head): Decision {
  const set = labSet(['// rules', ...rules].join('\n'));
  try {
    return decide(set, { ...input, live: null, port });
  } finally {
    releasePolicySet(set);
  }
}

const asks =
  '@id("asks") @approval("owners") forbid (principal, action == Action::"portforward", resource) when { context.port == 80 };';

const table: readonly (readonly [what: string, rules: readonly string[], head: string])[] = [
  ['one port that is open', [open('context.port == 8080')], 'allow lab/open'],
  ['a range', [open('context.port > 8000 && context.port < 9000')], 'allow lab/open'],
  ['all but one port', [open('true'), shut('context.port == 8080')], 'allow lab/open'],
  ['the one port that is open is shut', [open('context.port == 80'), shut('context.port < 1024')], 'deny'],
  ['every port is shut', [open('context.port == 80'), shut('context.port > 0')], 'deny lab/shut'],
  ['only ports that there are none of', [open('context.port > 70000')], 'deny'],
  ['no permit', [], 'deny'],
  [
    'what reveals goes before what does not',
    [open('context.port == 80'), plain('context.port == 22')],
    'allow lab/open',
  ],
  [
    'an ask that reveals goes before an allow that does not',
    [open('context.port == 80'), asks, plain('context.port == 22')],
    'ask lab/open lab/asks',
  ],
];

function plain(when: string): string {
  return open(when, 'plain').replace('@reveal ', '');
}

for (const [what, rules, expected] of table) {
  test(`before its ports are known: ${what}`, () => {
    assert.equal(spell(decided(rules)), expected);
  });
}

test('each port is decided by itself', () => {
  const rules = [open('context.port == 8080 || context.port == 22'), shut('context.port == 22')];
  assert.equal(spell(decided(rules)), 'allow lab/open');
  assert.equal(spell(decided(rules, 8080)), 'allow lab/open');
  assert.equal(spell(decided(rules, 22)), 'deny lab/shut');
  assert.equal(spell(decided(rules, 23)), 'deny');
});

test('the ports of the query are the ones that it is judged by', () => {
  const withPorts = (ports: string) => inputOf(`POST /api/v1/namespaces/a/pods/x/portforward?ports=${ports}`);
  const rules = [open('context.port == 8080')];
  assert.equal(spell(decided(rules, undefined, withPorts('22,8080'))), 'allow lab/open');
  assert.equal(spell(decided(rules, undefined, withPorts('22'))), 'deny');
  assert.equal(decided(rules, undefined, withPorts('0')).effect, 'undecided');
});

test('a rule that can not be evaluated for one port refuses the whole, and so do too many of them', () => {
  const overflow = 'context.port == 80 && context.port * 9223372036854775807 == 1';
  assert.equal(decided([open('true'), shut(overflow)]).effect, 'undecided');
  const many = Array.from({ length: 400 }, (_, index) => 3 * index + 3).join(', ');
  assert.equal(decided([open(`[${many}].contains(context.port)`)]).effect, 'undecided');
});

test('a port whose rule looks at the live object is looked at, whatever the others are', () => {
  const set = labSet(
    [
      open('context.port == 80'),
      shut('context.port == 80'),
      open('context.port == 90 && context has live && context.live.uid == "u"', 'held'),
    ].join('\n'),
  );
  assert.equal(doSteps(dependenceSteps(set, head), set.engine).onLive, true);
  releasePolicySet(set);
});

const bound = fc.integer({ min: -2, max: 40 });
const condition = fc
  .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), bound, fc.constantFrom('==', '<', '>'), bound)
  .map(([one, a, other, b]) => `(context.port ${one} ${a}) && !(${b} ${other} context.port)`);
const rule = fc
  .tuple(fc.constantFrom('@reveal permit', 'permit', 'forbid', '@approval("a") forbid'), condition)
  .map(([effect, when]) => `${effect} (principal, action == Action::"portforward", resource) when { ${when} };`);

test('the head is let on if, and only if, a port of it would be', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), (rules) => {
      const set = labSet(rules.join('\n'));
      const isOpen = (decision: Decision) => decision.effect === 'allow' && decision.reveal;
      const ports = [...Array.from({ length: 45 }, (_, index) => index + 1), 65_535];
      const some = ports.some((port) => isOpen(decide(set, { ...head, port })));
      assert.equal(isOpen(decide(set, head)), some);
      releasePolicySet(set);
    }),
    { numRuns: 100 },
  );
});
