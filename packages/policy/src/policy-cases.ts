// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '@countersign/kube';
import { CaseFields } from './case-fields.ts';
import { decide } from './decide.ts';
import type { Decision, Principal } from './decision.ts';
import { describeDecision } from './explain.ts';
import { hypotheticalInput } from './hypothetical-input.ts';
import type { PolicyInput } from './policy-input.ts';
import type { PolicySet } from './policy-set.ts';

/** Where the rules of a set come from: a folder, relative to the case file, or text in the file itself. */
export type CasePolicies = { readonly folder: string } | { readonly text: string };

/** A file of test cases. */
export interface PolicyCases {
  /** Undefined: those of the policy folder that the file stands in. */
  readonly organisation: CasePolicies | undefined;
  readonly clusters: ReadonlyMap<string, CasePolicies>;
  readonly cases: readonly PolicyCase[];
}

/** What a case expects. What is undefined is not looked at. */
export interface Expectation {
  readonly effect: Decision['effect'];
  /** Rules that must have taken part, as `set/id`. */
  readonly rules: readonly string[];
  readonly reveal: boolean | undefined;
  /** The groups that must countersign: all of them and no other. */
  readonly groups: readonly string[] | undefined;
}

/** One request, by whom, and what must come of it. */
export interface PolicyCase {
  readonly name: string;
  readonly input: PolicyInput;
  readonly expected: Expectation;
}

export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  /** What came of it, in a sentence. */
  readonly answer: string;
  /** What was expected and didn't come; empty when passed. */
  readonly differences: readonly string[];
}

const effects: readonly Decision['effect'][] = ['allow', 'ask', 'deny', 'undecided'];
const defaultTime = '2026-01-05T12:00:00.000Z';

/**
 * Reads a file of cases from the value that its YAML or JSON has:
 * `{organisation?, clusters?, agents, humans?, cases: [{name, as, cluster?, request, body?, contentType?, live?, from?,
 * at?, expect, rules?, reveal?, groups?}]}`, where `request` is a method and a target, `GET /api/v1/pods`,
 * and `live` the object that it names, as it is.
 * @throws PolicyError `ERR_POLICY_CASES`, naming the field
 */
export function parsePolicyCases(value: unknown): PolicyCases {
  const file = new CaseFields(value, '');
  const organisation = casePolicies(file.value('organisation'), file.place('organisation'));
  const clusters = new Map<string, CasePolicies>();
  for (const [name, member, where] of file.members('clusters')) {
    const policies = casePolicies(member, where);
    if (policies) clusters.set(name, policies);
  }
  const principals = new Map([...principalsOf(file, 'agent'), ...principalsOf(file, 'human')]);
  const list = file.list('cases') ?? [];
  file.end();
  if (list.length === 0) throw file.problem('must have a case', 'cases');
  const onlyCluster = clusters.size === 1 ? [...clusters.keys()][0] : undefined;
  const cases = list.map((item, index) => parseCase(new CaseFields(item, `cases[${index}]`), principals, onlyCluster));
  return { organisation, clusters, cases };
}

/** Decides one case and compares. */
export function judgeCase(set: PolicySet, { name, input, expected }: PolicyCase): CaseResult {
  const decision = decide(set, input);
  const differences = differencesOf(expected, decision);
  const answer = `${decision.effect}: ${describeDecision(set, decision)}`;
  return { name, passed: differences.length === 0, answer, differences };
}

function casePolicies(value: unknown, where: string): CasePolicies | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return { folder: value };
  const fields = new CaseFields(value, where);
  const text = fields.requiredText('inline');
  fields.end();
  return { text };
}

function principalsOf(file: CaseFields, kind: Principal['kind']): [string, Principal][] {
  return file.members(`${kind}s`).map(([id, value, where]) => {
    const fields = new CaseFields(value ?? {}, where);
    const principal: Principal = {
      kind,
      id,
      owner: kind === 'agent' ? (fields.text('owner') ?? 'owner') : id,
      purpose: fields.text('purpose') ?? '',
      groups: fields.texts('groups') ?? [],
      issuer: fields.text('issuer') ?? 'https://issuer.example',
      subject: fields.text('subject') ?? id,
      act: (fields.list('act') ?? []).map((actor, index) =>
        parseActor(new CaseFields(actor, `${where}.act[${index}]`)),
      ),
    };
    fields.end();
    return [id, principal];
  });
}

function parseActor(fields: CaseFields): Principal['act'][number] {
  const actor = { issuer: fields.requiredText('issuer'), subject: fields.requiredText('subject') };
  fields.end();
  return actor;
}

function parseCase(
  fields: CaseFields,
  principals: ReadonlyMap<string, Principal>,
  onlyCluster: string | undefined,
): PolicyCase {
  const name = fields.requiredText('name');
  const principal = principals.get(fields.requiredText('as'));
  if (!principal) throw fields.problem('names nobody in agents or humans', 'as');
  const cluster = fields.text('cluster') ?? onlyCluster;
  if (cluster === undefined) throw fields.problem('is missing', 'cluster');
  const expected = parseExpectation(fields);
  const input = parseInput(fields, principal, cluster);
  fields.end();
  return { name, input, expected };
}

function parseExpectation(fields: CaseFields): Expectation {
  const expect = fields.requiredText('expect');
  const effect = effects.find((known) => known === expect);
  if (!effect) throw fields.problem(`must be one of ${effects.join(', ')}`, 'expect');
  return { effect, rules: fields.texts('rules') ?? [], reveal: fields.flag('reveal'), groups: fields.texts('groups') };
}

function parseInput(fields: CaseFields, principal: Principal, cluster: string): PolicyInput {
  const [method = '', target = '', ...rest] = fields.requiredText('request').split(' ');
  if (rest.length > 0) throw fields.problem('must be a method and a target, as in GET /api/v1/pods', 'request');
  const body = fields.value('body');
  const contentType = fields.text('contentType');
  const live = fields.value('live');
  const surroundings = { sourceAddress: fields.text('from') ?? '192.0.2.1', time: fields.text('at') ?? defaultTime };
  const asked = {
    method,
    target,
    ...(body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body)) }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(live === undefined ? {} : { live: new TextEncoder().encode(JSON.stringify(live)) }),
  };
  try {
    return hypotheticalInput(principal, cluster, asked, surroundings);
  } catch (error) {
    if (error instanceof KubeError) throw fields.problem(`can't be read: ${error.message}`, 'request');
    throw error;
  }
}

function differencesOf({ effect, rules, reveal, groups }: Expectation, decision: Decision): string[] {
  const differences: string[] = [];
  const got = decision.rules.map(({ set, id }) => `${set}/${id}`);
  if (decision.effect !== effect) differences.push(`expected ${effect}, got ${decision.effect}`);
  for (const rule of rules) if (!got.includes(rule)) differences.push(`rule ${rule} took no part`);
  const revealed = 'reveal' in decision && decision.reveal;
  if (reveal !== undefined && reveal !== revealed) differences.push(`expected reveal ${reveal}, got ${revealed}`);
  if (groups) {
    const asked = decision.effect === 'ask' ? decision.approvals.map(({ group }) => group) : [];
    const [want, have] = [groups, asked].map((list) => [...new Set(list)].sort().join(', '));
    if (want !== have) differences.push(`expected a countersignature by ${want || 'nobody'}, got ${have || 'nobody'}`);
  }
  return differences;
}
