// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPolicies, PolicyError } from '@countersign/policy';
import { engine } from './policy-fixture.ts';

const permit = 'permit (principal, action, resource);';

test('rules are read in the order of the file, each with its line', () => {
  const text = Array.from({ length: 25 }, (_, i) => `// é ${permit}\n@id("r${i}")\n@reveal\n${permit}\n`).join('\n');
  const parsed = engine.parse(text);
  assert.ok(parsed.ok);
  assert.deepEqual(
    parsed.policies.map(({ annotations, line }) => [annotations.get('id'), annotations.get('reveal'), line]),
    Array.from({ length: 25 }, (_, i) => [`r${i}`, '', 5 * i + 2]),
  );
});

test('the text of a rule is as it stands in the file, comments inside it included', () => {
  const text = 'forbid ( // who\n  principal,action,resource )\nwhen { true };';
  const parsed = engine.parse(`// before\n${text} // after`);
  assert.deepEqual(parsed.ok && parsed.policies.map((policy) => [policy.text, policy.effect]), [[text, 'forbid']]);
});

test('problems say where they are, past letters of several bytes', () => {
  const { problems } = checkPolicies(engine, [
    { set: 'lab', file: 'a.cedar', text: `// ééééééééééé\n${permit}\nforbid (princpal, action, resource);` },
    {
      set: 'lab',
      file: 'b.cedar',
      text: `${permit}\n\n@id("b")\nforbid (principal, action, resource)\nwhen { context.nothing };`,
    },
    { set: 'lab', file: 'c.cedar', text: '@id("c") @id("c") permit (principal, action, resource);' },
  ]);
  assert.deepEqual(
    problems.map(({ file, line, rule }) => [file, line, rule]),
    [
      ['a.cedar', 3, undefined],
      ['b.cedar', 5, 'b'],
      ['c.cedar', 1, undefined],
    ],
  );
});

test('what the schema does not know is a problem', () => {
  const rules = [
    'permit (principal == Robot::"x", action, resource);',
    'permit (principal, action == Action::"exek", resource);',
    'permit (principal, action == Action::"get", resource) when { resource.kind == "Pod" };',
    'permit (principal, action == Action::"get", resource) when { resource.name == 1 };',
    'permit (principal, action == Action::"delete", resource) when { context.object.privileged };',
  ];
  for (const rule of rules) assert.equal(engine.validate(new Map([['x', rule]])).length, 1, rule);
  assert.deepEqual(engine.validate(new Map([['x', permit]])), []);
});

test('"has" of what no request has is a problem, wherever it stands', () => {
  const problemsOf = (condition: string) =>
    checkPolicies(engine, [
      { set: 'lab', file: 'a.cedar', text: `@id("a")\npermit (principal, action, resource)\nwhen { ${condition} };` },
    ]).problems;
  for (const condition of [
    '!(context has session)',
    'context has live && !(context.live has lables)',
    '!(context has live.lables)',
    'resource is Path || !(principal has oner)',
  ]) {
    const [problem, ...more] = problemsOf(condition);
    assert.match(problem?.message ?? '', /^no request has an attribute "(?:session|lables|oner)"/, condition);
    assert.deepEqual([problem?.file, problem?.line, problem?.rule, more], ['a.cedar', 1, 'a', []]);
  }
  assert.deepEqual(problemsOf('!(context has tty) && !(context has object) && !(context has live)'), []);
});

test('rules that were never checked are not prepared', () => {
  const isEngineError = (error: unknown) => error instanceof PolicyError && error.code === 'ERR_POLICY_ENGINE';
  assert.throws(() => engine.prepare(new Map([['x', 'permit (']])), isEngineError);
});
