// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyChecker } from '@countersign/policy';
import { checkDirectory } from './check-directory.ts';
import type { PolicyDirectory } from './policy-directory.ts';
import { engine } from './policy-fixture.ts';

const SOUND = '@id("reads") permit (principal, action in Action::"read", resource);';
const WRONG = '@id("odd") permit (principal, action, resource) when { resource.nonesuch == "x" };';

function directory(organisation: string, clusters: Readonly<Record<string, string>>): PolicyDirectory {
  const inherited = { set: 'organisation', file: 'all.cedar', text: organisation };
  const own = Object.entries(clusters).map(
    ([set, text]) => [set, [inherited, { set, file: 'own.cedar', text }]] as const,
  );
  return { organisation: [inherited], clusters: new Map(own), problems: [] };
}

/** An engine, and what was asked of it: texts that it read, keys of rules that it judged. */
function watched(): { asked: PolicyChecker; parsed: string[]; validated: string[] } {
  const [parsed, validated]: [string[], string[]] = [[], []];
  const asked: PolicyChecker = {
    parse: (text) => {
      parsed.push(text);
      return engine.parse(text);
    },
    validate: (policies) => {
      validated.push(...policies.keys());
      return engine.validate(policies);
    },
  };
  return { asked, parsed, validated };
}

test('what clusters inherit is read and judged once, however many there are', () => {
  const { asked, parsed, validated } = watched();
  const { rules, problems } = checkDirectory(asked, directory(SOUND, { a: '// none', b: SOUND, c: SOUND }));
  assert.deepEqual(problems, []);
  assert.deepEqual(parsed, [SOUND, '// none']);
  assert.deepEqual(validated, ['organisation/reads', 'b/reads', 'c/reads']);
  assert.deepEqual(
    [...rules].map(([set, found]) => [set, found.map(({ ref }) => `${ref.set}/${ref.id}`)]),
    [
      ['organisation', ['organisation/reads']],
      ['a', ['organisation/reads']],
      ['b', ['organisation/reads', 'b/reads']],
      ['c', ['organisation/reads', 'c/reads']],
    ],
  );
});

test('a problem is told of each set that has it, of what is inherited once', () => {
  const places = (organisation: string, clusters: Readonly<Record<string, string>>) =>
    checkDirectory(engine, directory(organisation, clusters)).problems.map(({ set, rule }) => `${set}/${rule}`);
  assert.deepEqual(places(SOUND, { a: WRONG, b: SOUND, c: WRONG }), ['a/odd', 'c/odd']);
  assert.deepEqual(places(WRONG, { a: SOUND, b: WRONG }), ['organisation/odd', 'b/odd']);
});
