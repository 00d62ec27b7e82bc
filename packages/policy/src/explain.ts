// SPDX-License-Identifier: Apache-2.0
import type { KubeRequest } from '@countersign/kube';
import { type PolicyAction, policyAction } from './action-scope.ts';
import { type Rule, ruleKey } from './check-policies.ts';
import { decisionSteps } from './decide.ts';
import type { Decision, RuleRef } from './decision.ts';
import { noFacts } from './object-facts.ts';
import { inputActions, type PolicyInput } from './policy-input.ts';
import type { PolicySet } from './policy-set.ts';
import { doSteps, type Steps } from './steps.ts';

/** Why a request got its answer, in words for a person or an agent. Sentences, without a value of any object. */
export interface Explanation {
  readonly summary: string;
  /** What led to it: one sentence a rule. */
  readonly because: readonly string[];
  /** What would have to be different for another answer. */
  readonly change: readonly string[];
}

/**
 * One sentence on a decision: what a refused caller is told. Costs no evaluation.
 * `remark` is put behind what an ask needs, such as `; it can't wait for one`.
 */
export function describeDecision(set: PolicySet, decision: Decision, remark = ''): string {
  switch (decision.effect) {
    case 'allow':
      return `allowed by ${listOf(decision.rules.map(nameOf))}`;
    case 'ask':
      return `needs a countersignature by ${listOf(decision.approvals.map(signersOf))}${remark}: ${reasonsOf(
        set,
        decision.approvals.map(({ rule }) => rule),
      )}`;
    case 'undecided':
      return `policy could not be evaluated: ${[decision.problem, ...decision.rules.map(nameOf)].join(', ')}`;
    case 'deny':
      return decision.reason === 'no-permit'
        ? 'no policy permits it'
        : `forbidden by ${reasonsOf(set, decision.rules)}`;
  }
}

/** Explains a decision, and finds what the principal may do instead by deciding the same request with other verbs. */
export function explain(set: PolicySet, input: PolicyInput, decision: Decision): Explanation {
  return doSteps(explanationSteps(set, input, decision), set.engine);
}

/** The same, for whoever asks the engine elsewhere. */
export function* explanationSteps(set: PolicySet, input: PolicyInput, decision: Decision): Steps<Explanation> {
  const subject = `${input.principal.kind} ${input.principal.id}`;
  const wanted = `${describeTarget(input.request)} on cluster ${input.cluster}`;
  return {
    summary: `${verdicts[decision.effect]}: ${subject}, ${wanted}: ${describeDecision(set, decision)}`,
    because: becauseOf(set, decision, policyAction(input.request)),
    change: [
      ...changesOf(decision, subject, `${wanted}${eachOf(input)}`),
      ...(yield* alternatives(set, input, decision)),
    ],
  };
}

/** Of what must be let as more than one action: how a permit names each. */
function eachOf(input: PolicyInput): string {
  const actions = inputActions(input);
  return actions.length === 1 ? '' : `, as each of ${actions.map((action) => `Action::"${action}"`).join(' and ')}`;
}

const verdicts = { allow: 'Allowed', ask: 'Held', deny: 'Denied', undecided: 'Could not evaluate' } as const;

/** What of the answer is seen, and what the gateway lets through no permit without `@reveal`, as it can't mask it. */
function seenOf(isRevealed: boolean, action: PolicyAction): string {
  if (isRevealed) return 'values come in the clear (@reveal)';
  switch (action) {
    case 'portforward':
      return 'it is refused all the same, as what flows in it is not masked: that takes a permit with @reveal';
    case 'exec':
      return 'what it prints comes masked; an archive, as cp sends, is refused: that takes a permit with @reveal';
    default:
      return 'values come masked';
  }
}

function becauseOf(set: PolicySet, decision: Decision, action: PolicyAction): string[] {
  const lines = decision.rules.map((ref) => {
    const rule = set.rules.get(ruleKey(ref));
    return rule ? `${effectOf(rule)} ${nameOf(ref)} (${rule.file}, line ${rule.line})${suffix(rule)}` : nameOf(ref);
  });
  if (decision.effect === 'deny' && decision.reason === 'no-permit') {
    return [`none of the ${permitsOf(set)} permits in force matches, and what nothing permits is denied`];
  }
  if ('reveal' in decision) lines.push(seenOf(decision.reveal, action));
  if ('stdin' in decision && (action === 'exec' || action === 'attach'))
    lines.push(`what is typed into it is ${decision.stdin === 'recorded' ? 'recorded' : 'not recorded'} (@stdin)`);
  return lines;
}

function changesOf(decision: Decision, subject: string, wanted: string): string[] {
  switch (decision.effect) {
    case 'allow':
      return ['a forbid that matches would deny it; a forbid with @approval would hold it'];
    case 'ask':
      return decision.approvals.map((approval) => `a countersignature by ${signersOf(approval)}`);
    case 'undecided':
      return ['the problem named above must be mended; until then it is refused'];
    case 'deny':
      return decision.reason === 'no-permit'
        ? [`a permit that covers ${subject}: ${wanted}`]
        : decision.rules.map(
            (rule) => `${nameOf(rule)} must no longer match: no permit and no approval opens what it forbids`,
          );
  }
}

/** Verbs of one shape: the same target could be asked for with each of them. */
const siblings: readonly (readonly PolicyAction[])[] = [
  ['get', 'update', 'patch', 'delete'],
  ['list', 'watch', 'create', 'deletecollection'],
];

function* alternatives(set: PolicySet, input: PolicyInput, decision: Decision): Steps<string[]> {
  const { request } = input;
  if (decision.effect === 'allow' || request.kind !== 'resource') return [];
  const others = siblings.find((verbs) => verbs.includes(policyAction(request))) ?? [];
  const allowed: PolicyAction[] = [];
  for (const verb of others) if (verb !== request.verb && (yield* allows(set, input, verb))) allowed.push(verb);
  return allowed.length === 0 ? [] : [`on the same target it may: ${allowed.join(', ')}`];
}

function* allows(set: PolicySet, input: PolicyInput, verb: PolicyAction): Steps<boolean> {
  const request = { ...input.request, verb } as KubeRequest;
  const asked = { ...input, request, mayCreate: false, object: input.object ?? noFacts };
  return (yield* decisionSteps(set, asked)).effect === 'allow';
}

function reasonsOf(set: PolicySet, refs: readonly RuleRef[]): string {
  return listOf(refs.map((ref) => `${nameOf(ref)}${suffix(set.rules.get(ruleKey(ref)))}`));
}

function suffix(rule: Rule | undefined): string {
  return rule?.reason === undefined ? '' : ` (${rule.reason})`;
}

function nameOf({ id, set }: RuleRef): string {
  return `rule ${id} of ${set}`;
}

function effectOf({ effect, approval }: Rule): string {
  if (effect === 'permit') return 'permitted by';
  return approval ? 'held by' : 'forbidden by';
}

function signersOf({ group, quorum }: { readonly group: string; readonly quorum: number }): string {
  return quorum === 1 ? group : `${quorum} of ${group}`;
}

function permitsOf(set: PolicySet): number {
  return [...set.rules.values()].filter(({ effect }) => effect === 'permit').length;
}

/** What a request wants, as a person would say it: `delete configmaps settings in namespace demo`. */
export function describeTarget(request: KubeRequest): string {
  if (request.kind === 'non-resource') return `${request.method} ${request.path}`;
  const { resource, group, subresource, name, namespace } = request;
  const kind = [group === '' ? resource : `${resource}.${group}`, subresource].filter(Boolean).join('/');
  return [policyAction(request), kind, name, namespace === '' ? '' : `in namespace ${namespace}`]
    .filter(Boolean)
    .join(' ');
}

function listOf(items: readonly string[]): string {
  return [...new Set(items)].join(', ');
}
