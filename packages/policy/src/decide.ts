// SPDX-License-Identifier: Apache-2.0
import type { KubeRequest } from '@countersign/kube';
import { mayConcern, type PolicyAction, policyActionsOf } from './action-scope.ts';
import { bothOf } from './both-of.ts';
import { type Rule, ruleKey } from './check-policies.ts';
import type { ApprovalRequirement, Decision, RuleRef, StdinRecording } from './decision.ts';
import { ANYTHING, type EngineCall, type PreparedPolicies } from './engine.ts';
import { engineCall, inputActions, namesObject, needsObject, type PolicyInput } from './policy-input.ts';
import { type PolicySet, permitAllKey } from './policy-set.ts';
import { isBeforePorts, portCandidates } from './port-candidates.ts';
import { lacksContainer, sessionAttributes } from './session-facts.ts';
import { doSteps, type Steps } from './steps.ts';

/** What one evaluation named, in the set's own order. */
type Evaluated =
  | { readonly ok: true; readonly decision: 'allow' | 'deny'; readonly rules: readonly Rule[] }
  | { readonly ok: false; readonly problem: string; readonly rules: readonly Rule[] };

/**
 * Decides an exchange. Pure: the same set and input give the same decision.
 *
 * Permits and plain forbids are evaluated first and must allow; only then the approval-forbids alone, of which each one
 * that matches must be countersigned. So nothing that no permit opens can be approved, and a further forbid of either
 * kind only tightens. Whatever can't be evaluated, in part or in whole, is `undecided`.
 *
 * What is of more than one action, as putting an ephemeral container into a pod is, or applying what may not be there,
 * must be let as each of them.
 *
 * A port-forward without its port gets the best answer that a port of it would get: it MUST be decided again for each.
 */
export function decide(set: PolicySet, input: PolicyInput): Decision {
  return doSteps(decisionSteps(set, input), set.engine);
}

/** The same, for whoever asks the engine elsewhere. */
export function decisionSteps(set: PolicySet, input: PolicyInput): Steps<Decision> {
  return isBeforePorts(input) ? decideBeforePorts(set, input) : decideOne(set, input);
}

function* decideBeforePorts(set: PolicySet, input: PolicyInput): Steps<Decision> {
  const ports = portCandidates(set, input);
  if (ports === undefined) return undecided(set.digest, 'the rules name too many ports to foresee which one is meant');
  let best: Decision | undefined;
  for (const port of ports) {
    const next = yield* decideOne(set, { ...input, port });
    if (best === undefined || rankOf(next) < rankOf(best)) best = next;
  }
  return best ?? undecided(set.digest, 'it names no port that there is');
}

/** What can't be evaluated goes before all else; then the answer with which most ports can be had, and seen. */
function rankOf(decision: Decision): number {
  switch (decision.effect) {
    case 'undecided':
      return 0;
    case 'allow':
      return decision.reveal ? 1 : 3;
    case 'ask':
      return decision.reveal ? 2 : 4;
    case 'deny':
      // A forbid is told of where it closes every port: the reason for one says nothing of the others.
      return decision.reason === 'no-permit' ? 5 : 6;
  }
}

function* decideOne(set: PolicySet, input: PolicyInput): Steps<Decision> {
  const [first, ...others] = inputActions(input);
  let decision = yield* decideAs(set, input, first);
  for (const action of others) decision = bothOf(decision, yield* decideAs(set, input, action));
  return decision;
}

function* decideAs(set: PolicySet, input: PolicyInput, action: PolicyAction): Steps<Decision> {
  const { digest: policyDigest } = set;
  if (input.cluster !== set.cluster)
    return undecided(policyDigest, 'the policies in force are those of another cluster');
  if (needsObject(input.request) && !input.object)
    return undecided(policyDigest, 'the body of the write was not gathered');
  const slice = set.slices.get(action);
  if (!slice) return undecided(policyDigest, 'no policies were prepared for this action');
  const missing = missingOfObject(set, input);
  if (missing !== undefined) return undecided(policyDigest, missing);
  const call = engineCall(input, action);
  const opened = yield* named(set, slice.opening, call);
  if (!opened.ok) return undecided(policyDigest, opened.problem, opened.rules);
  const rules = opened.rules.map((rule) => rule.ref);
  if (opened.decision === 'deny') {
    return { effect: 'deny', policyDigest, rules, reason: rules.length === 0 ? 'no-permit' : 'forbidden' };
  }
  if (rules.length === 0) return undecided(policyDigest, 'the engine allowed without a permit');
  const seen = { policyDigest, reveal: opened.rules.some((rule) => rule.reveal), ...stdinOf(opened.rules) };
  const held = yield* named(set, slice.holding, call);
  if (!held.ok) return undecided(policyDigest, held.problem, held.rules);
  if (held.decision === 'allow') return { effect: 'allow', ...seen, rules };
  const approvals = held.rules.flatMap(requirement);
  if (approvals.length === 0) return undecided(policyDigest, 'an approval rule named no group');
  return { effect: 'ask', ...seen, rules: [...rules, ...held.rules.map((rule) => rule.ref)], approvals };
}

/** What a rule looks at of the object and the input doesn't say. */
function missingOfObject(set: PolicySet, { request, live }: PolicyInput): string | undefined {
  if (live === undefined && looksAtLive(set, request)) return 'the live object was not looked at';
  if (live && looksAtContainer(set, request))
    return 'it names no container of the pod, and a rule looks at which it is';
  return undefined;
}

/** That something is recorded counts, whichever permit says so. */
function stdinOf(rules: readonly Rule[]): { readonly stdin?: StdinRecording } {
  const said = new Set(rules.map(({ stdin }) => stdin));
  if (said.has('recorded')) return { stdin: 'recorded' };
  return said.has('unrecorded') ? { stdin: 'unrecorded' } : {};
}

/** Whether a rule that may concern such a request looks at the object that it names, or at what only that says of it. */
export function looksAtLive(set: PolicySet, request: KubeRequest): boolean {
  return namesObject(request) && (looksAt(set, request, 'live') || looksAtContainer(set, request));
}

/**
 * Whether a rule that may concern such a request looks at its container and it names none: it MUST name the one that the
 * API server takes before it is decided, and sent.
 */
export function looksAtContainer(set: PolicySet, request: KubeRequest): boolean {
  return lacksContainer(request) && looksAt(set, request, 'container');
}

function looksAt(set: PolicySet, request: KubeRequest, attribute: string): boolean {
  return policyActionsOf(request).some((action) => {
    const reads = set.slices.get(action)?.reads;
    return reads === undefined || reads.has(attribute) || reads.has(ANYTHING);
  });
}

/** What of the object that a request names can change what is decided of it. */
export interface Dependence {
  /**
   * Of what is decided as if the object did not exist, that it would be another thing if it did: false only where a deny
   * stands whatever the object is. Nobody may learn of an object by how he is refused.
   */
  readonly onLive: boolean;
  /**
   * Of a write that may make its object, that it matters whether that is there: it would be another thing, or people are
   * asked for it, who sign for what it is.
   */
  readonly onExistence: boolean;
}

/** How a `Dependence` is found: by as few questions as it takes. `decideWithout` decides as `decisionSteps` does. */
export function* dependenceSteps(
  set: PolicySet,
  input: PolicyInput,
  decideWithout: (input: PolicyInput) => Steps<Decision> = (one) => decisionSteps(set, one),
): Steps<Dependence> {
  const ports = isBeforePorts(input) ? portCandidates(set, input) : undefined;
  for (const one of ports?.map((port) => ({ ...input, port })) ?? [input]) {
    const changing = yield* decideWithout({ ...one, live: null, mayCreate: false });
    const onLive = dependsAsDecided(set, one.request, changing);
    if (input.mayCreate) return { onLive, onExistence: yield* matters(set, input, changing, onLive) };
    if (onLive) return { onLive, onExistence: false };
  }
  return { onLive: false, onExistence: false };
}

/** Whether a write that is a change where its object is there, decided as that, is another thing where it makes it. */
function* matters(set: PolicySet, input: PolicyInput, changing: Decision, onLive: boolean): Steps<boolean> {
  // What only the object itself opens must not be made: it is bound to the one that was there.
  if (changing.effect === 'deny') return onLive;
  const making = bothOf(changing, yield* decideAs(set, { ...input, live: null }, 'create'));
  return making.effect === 'ask' || making.effect !== changing.effect || isRevealing(making) !== isRevealing(changing);
}

function isRevealing(decision: Decision): boolean {
  return 'reveal' in decision && decision.reveal;
}

function dependsAsDecided(set: PolicySet, request: KubeRequest, withoutLive: Decision): boolean {
  if (withoutLive.effect !== 'deny') return true;
  const onObject = ['live', ANYTHING, ...(lacksContainer(request) ? ['container'] : [])];
  const readsLive = ({ reads }: Rule) => onObject.some((attribute) => reads.has(attribute));
  const named = new Set(withoutLive.rules.map(ruleKey));
  const rules = [...set.rules];
  return withoutLive.reason === 'no-permit'
    ? rules.some(([, rule]) => rule.effect === 'permit' && concerns(rule, request) && readsLive(rule))
    : rules.every(([key, rule]) => !named.has(key) || readsLive(rule));
}

function concerns({ actions }: Rule, request: KubeRequest): boolean {
  return policyActionsOf(request).some((action) => mayConcern(actions, action));
}

/** What a review of a request doesn't say. */
const details = [
  ...[ANYTHING, 'name', 'object', 'live', 'port', 'labelSelector', 'fieldSelector', 'dryRun'],
  ...sessionAttributes,
];

/** Whether a rule of this effect may decide otherwise for some requests that a review doesn't tell apart. */
export function dependsOnDetails(set: PolicySet, request: KubeRequest, effect: Rule['effect']): boolean {
  const concerned = [...set.rules.values()].filter((rule) => rule.effect === effect && concerns(rule, request));
  return concerned.some(({ reads }) => details.some((name) => reads.has(name)));
}

function* named(set: PolicySet, prepared: PreparedPolicies | undefined, call: EngineCall): Steps<Evaluated> {
  if (!prepared) return { ok: true, decision: 'allow', rules: [] };
  const answer = yield { prepared, call };
  if (!answer.ok) return { ok: false, problem: answer.problem, rules: [] };
  if (answer.errors.length > 0) {
    return { ok: false, problem: 'a rule could not be evaluated', rules: rulesOf(set, answer.errors) };
  }
  const keys = answer.determining.filter((key) => key !== permitAllKey);
  const rules = rulesOf(set, keys);
  if (rules.length !== keys.length)
    return { ok: false, problem: 'the engine named a rule that is not in force', rules };
  return { ok: true, decision: answer.decision, rules };
}

function rulesOf(set: PolicySet, keys: readonly string[]): Rule[] {
  const wanted = new Set(keys);
  return [...set.rules].flatMap(([key, rule]) => (wanted.has(key) ? [rule] : []));
}

function requirement({ ref, approval, reason }: Rule): ApprovalRequirement[] {
  return approval ? [{ rule: ref, ...approval, reason }] : [];
}

function undecided(policyDigest: string, problem: string, rules: readonly Rule[] = []): Decision {
  return { effect: 'undecided', policyDigest, rules: rules.map(({ ref }): RuleRef => ref), problem };
}
