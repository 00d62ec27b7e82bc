// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, dependenceSteps, doSteps, type LiveFacts, noFacts, releasePolicySet } from '@countersign/policy';
import fc from 'fast-check';
import { inputOf, labSet } from './policy-fixture.ts';

const input = inputOf('PATCH /api/v1/namespaces/a/configmaps/x');
const isHeld = 'when { context has live && context.live.labels.contains({ key: "held", value: "yes" }) }';

const open = '@id("open") permit (principal, action, resource);';
const openElsewhere = '@id("elsewhere") permit (principal, action == Action::"delete", resource);';
const openIfHeld = `@id("if-held") permit (principal, action, resource) ${isHeld};`;
const shut = '@id("shut") forbid (principal, action, resource);';
const shutIfHeld = `@id("shut-if-held") forbid (principal, action, resource) ${isHeld};`;
const shutUnlessHeld = `@id("shut-unless-held") forbid (principal, action, resource) ${isHeld.replace('when', 'unless')};`;
const asks = '@id("asks") @approval("owners") forbid (principal, action, resource);';
const rules = [open, openElsewhere, openIfHeld, shut, shutIfHeld, shutUnlessHeld, asks];

function setting(texts: readonly string[]) {
  const set = labSet(['// rules', ...texts].join('\n'));
  const decided = (live: LiveFacts | null) => decide(set, { ...input, object: noFacts, live });
  return { set, decided, depends: doSteps(dependenceSteps(set, { ...input, object: noFacts }), set.engine).onLive };
}

const table: readonly (readonly [what: string, rules: readonly string[], depends: boolean])[] = [
  ['nothing permits it', [shutIfHeld], false],
  ['a permit of something else', [openElsewhere, shutIfHeld], false],
  ['a permit that looks', [openIfHeld], true],
  ['a permit', [open, shutIfHeld], true],
  ['a forbid that does not look', [open, shut, shutIfHeld], false],
  ['a forbid that the object may lift', [open, shutUnlessHeld], true],
  ['a forbid that it may lift, beside one that it may not', [open, shutUnlessHeld, shut], false],
  ['an approval', [open, asks, shutIfHeld], true],
];

for (const [what, texts, depends] of table) {
  test(`${what}: ${depends ? 'the object may matter' : 'denied whatever the object is'}`, () => {
    const { set, depends: found } = setting(texts);
    assert.equal(found, depends);
    releasePolicySet(set);
  });
}

test('what is said to be denied whatever the object is, is', () => {
  const value = fc.constantFrom('yes', 'no');
  const labels = fc.array(fc.record({ key: fc.constantFrom('held', 'team'), value }), { maxLength: 2 });
  fc.assert(
    fc.property(fc.subarray(rules), labels, fc.boolean(), (texts, found, losesFinalizers) => {
      const { set, decided, depends } = setting(texts);
      const live = {
        uid: 'u',
        labels: found,
        annotationKeys: [],
        finalizers: [],
        owned: false,
        losesFinalizers,
        fillsManifest: false,
      };
      const decision = decided(live);
      releasePolicySet(set);
      return depends || decision.effect === 'deny';
    }),
  );
});
