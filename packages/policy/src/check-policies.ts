// SPDX-License-Identifier: Apache-2.0
import type { ActionScope } from './action-scope.ts';
import { type Annotations, parseAnnotations } from './annotations.ts';
import type { RuleRef } from './decision.ts';
import type { PolicySource } from './digest.ts';
import { ANYTHING, type EngineProblem, type ParsedPolicy, type PolicyChecker } from './engine.ts';
import { schemaAttributes } from './schema-attributes.ts';

/** One rule of a set, checked against the schema. */
export interface Rule {
  readonly ref: RuleRef;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly effect: 'permit' | 'forbid';
  readonly actions: ActionScope;
  /** Of the request, as in `ParsedPolicy`. */
  readonly reads: ReadonlySet<string>;
  /** Of its conditions, as in `ParsedPolicy`. */
  readonly integers: ReadonlySet<number>;
  readonly reason: string | undefined;
  readonly reveal: boolean;
  readonly stdin: Annotations['stdin'];
  readonly approval: Annotations['approval'];
  readonly text: string;
}

/** One thing that is wrong with a policy file. `rule` is absent where a whole file doesn't parse. */
export interface PolicyProblem {
  readonly set: string;
  readonly file: string;
  readonly line: number | undefined;
  readonly rule: string | undefined;
  readonly message: string;
}

export interface CheckedPolicies {
  readonly rules: readonly Rule[];
  /** All that is wrong, in the order of the files and of their lines. Rules beside a problem MUST NOT be put in force. */
  readonly problems: readonly PolicyProblem[];
}

/** The key of a rule in the engine: unique within a cluster's rules. */
export function ruleKey(ref: RuleRef): string {
  return `${ref.set}/${ref.id}`;
}

/** Parses and validates the files of one cluster: the organisation's and its own. Nothing is put in force. */
export function checkPolicies(engine: PolicyChecker, sources: readonly PolicySource[]): CheckedPolicies {
  const problems: PolicyProblem[] = [];
  const rules = sources.flatMap((source) => checkFile(engine, source, problems));
  const byKey = new Map<string, Rule>();
  for (const rule of rules) {
    const first = byKey.get(ruleKey(rule.ref));
    if (first) problems.push(problemOf(rule, `another rule has this @id: ${first.file}, line ${first.line}`));
    else byKey.set(ruleKey(rule.ref), rule);
  }
  const texts = new Map([...byKey].map(([key, rule]) => [key, rule.text]));
  const invalid = engine.validate(texts).map((problem) => validationProblem(byKey, sources, problem));
  problems.push(...invalid, ...unknownAttributes(byKey, invalid));
  const order = new Map(sources.map(({ set, file }, index) => [`${set}/${file}`, index]));
  const place = ({ set, file }: PolicyProblem) => order.get(`${set}/${file}`) ?? 0;
  return { rules, problems: problems.toSorted((a, b) => place(a) - place(b) || (a.line ?? 0) - (b.line ?? 0)) };
}

function checkFile(engine: PolicyChecker, source: PolicySource, problems: PolicyProblem[]): Rule[] {
  const { set, file, text } = source;
  const whole = { set, file, rule: undefined };
  if (text.trim() === '') {
    problems.push({ ...whole, line: undefined, message: 'the file is empty; a comment says that this is meant' });
    return [];
  }
  const parsed = engine.parse(text);
  if (!parsed.ok) {
    problems.push(...parsed.problems.map(({ line, message }) => ({ ...whole, line, message })));
    return [];
  }
  return parsed.policies.map((policy, index) => checkRule(source, policy, index, problems));
}

function checkRule(source: PolicySource, policy: ParsedPolicy, index: number, problems: PolicyProblem[]): Rule {
  const { annotations, problems: found } = parseAnnotations(policy);
  const { id, reason, ...more } = annotations;
  const { actions, reads, integers, effect, line, text } = policy;
  const ref = { id: id ?? `${source.file}#${index + 1}`, set: source.set };
  const rule = { ref, file: source.file, line, effect, actions, reads, integers, reason, ...more, text };
  problems.push(...found.map((message) => problemOf(rule, message)));
  return rule;
}

/**
 * Attributes that no request has. The engine's validation refuses to read one, but takes `has` of it for something that is
 * never so, and `!(context has misspelled)` would let all through.
 */
function unknownAttributes(rules: ReadonlyMap<string, Rule>, invalid: readonly PolicyProblem[]): PolicyProblem[] {
  const known = (name: string) => name === ANYTHING || schemaAttributes.has(name);
  return [...rules.values()].flatMap((rule) => {
    const reported = invalid.some(({ set, rule: id }) => set === rule.ref.set && id === rule.ref.id);
    const names = reported ? [] : [...rule.reads].filter((name) => !known(name));
    return names.map((name) =>
      problemOf(rule, `no request has an attribute "${name}", so "has ${name}" is never true`),
    );
  });
}

function problemOf({ ref, file, line }: Rule, message: string): PolicyProblem {
  return { set: ref.set, file, line, rule: ref.id, message };
}

function validationProblem(
  rules: ReadonlyMap<string, Rule>,
  sources: readonly PolicySource[],
  { policy, line, message }: EngineProblem,
): PolicyProblem {
  const rule = rules.get(policy ?? '');
  if (rule) return { ...problemOf(rule, message), line: rule.line + (line ?? 1) - 1 };
  const { set, file } = sources[0] ?? { set: 'organisation', file: '' };
  return { set, file, line: undefined, rule: undefined, message };
}
