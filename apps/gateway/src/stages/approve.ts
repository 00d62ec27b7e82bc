// SPDX-License-Identifier: Apache-2.0
import { serializeTarget } from '@countersign/kube';
import type { Hmac } from '@countersign/mask';
import type { ApprovalRequirement, Decision } from '@countersign/policy';
import type { Admission, ApprovalLimits, TooMany } from '../approvals/agent-room.ts';
import { type ApprovalDocument, requesterOf, shownEffect } from '../approvals/approval.ts';
import { approvalCauses, type UrlOf } from '../approvals/approval-causes.ts';
import type { ApprovalRegister, Asking } from '../approvals/approval-register.ts';
import { doubtFault } from '../approvals/doubt-fault.ts';
import { endedFault } from '../approvals/ended-fault.ts';
import type { Holds } from '../approvals/holds.ts';
import { mayWait } from '../approvals/may-wait.ts';
import type { OpenWrites } from '../approvals/open-writes.ts';
import { plannedFor } from '../approvals/planned.ts';
import { boundRequest, requestDigest, requestKey } from '../approvals/request-digest.ts';
import type { Approval } from '../approvals/transitions.ts';
import type { BodyJudge } from '../bodies/body-judge.ts';
import { askedAction } from '../effects/asked-action.ts';
import type { Effect } from '../effects/effect.ts';
import type { Approved, Countersigned, Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import { groupsText, rulesCause } from '../policies/ask-causes.ts';
import { asksPeople } from '../policies/asks-people.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { refusalOf } from '../policies/refusal-of.ts';
import { askedRecord } from '../records/approval-records.ts';
import { holdExec } from '../streams/exec/hold-exec.ts';
import { visibleText } from '../visible-text.ts';

export interface ApproveParts {
  readonly policies: PolicyStore;
  readonly register: ApprovalRegister;
  readonly openWrites: OpenWrites;
  readonly holds: Holds;
  readonly effectOf: (exchange: Decided) => Promise<Effect | Fault>;
  readonly bodies: Pick<BodyJudge, 'normalDigest'>;
  readonly hmac: Hmac;
  /** How long a request is held, in milliseconds. */
  readonly holdMs: () => number;
  /** Whether an agent's requests wait, where they don't say so themselves. */
  readonly waits: (agent: string) => boolean;
  readonly urlOf: UrlOf;
}

/** Of rules that say nothing of it. */
export const DEFAULT_TTL_SECONDS = 15 * 60;

type Ask = Extract<Decision, { effect: 'ask' }>;
/** Whether an exchange waits, wants to and has no place, or doesn't want to. */
type Wait = 'held' | 'full' | 'none';
/** What an exchange asked people for. */
type Begun = Pick<Countersigned, 'approval' | 'wanted' | 'effect'>;
type Asked = Decided & { readonly made: Decided['made'] & { readonly decision: Ask } };

/** What is told who doesn't wait: that it is needed, or to come back. */
function unwaitedCode(wait: Wait): 'ERR_APPROVAL_REQUIRED' | 'ERR_APPROVAL_PENDING' {
  return wait === 'none' ? 'ERR_APPROVAL_REQUIRED' : 'ERR_APPROVAL_PENDING';
}

function isAsked(exchange: Decided): exchange is Asked {
  return asksPeople(exchange.made);
}

/** What would do something can wait; but whoever elects a leader by a lease can't wait for a person. */
export function canWait({ lane, request, upgrade }: Decided): boolean {
  const isSession = lane === 'exec' || lane === 'portforward';
  return mayWait(lane, request) && (!isSession || upgrade !== undefined);
}

export function requirementOf({
  rule,
  group,
  quorum,
  ownerMay,
  reason,
}: ApprovalRequirement): Asking['requirements'][number] {
  return { rule: { set: rule.set, id: rule.id }, group, quorum, ownerMay, ...(reason === undefined ? {} : { reason }) };
}

function askingOf(exchange: Asked, effect: Effect, digest: string): Omit<Asking, 'request'> {
  const { id, session, cluster, principal, request, made } = exchange;
  const { approvals, policyDigest } = made.decision;
  return {
    digest,
    exchange: id,
    session,
    cluster,
    requester: requesterOf(principal),
    action: askedAction(exchange),
    target: serializeTarget({ segments: request.segments, query: [] }),
    requirements: approvals.map(requirementOf),
    policyDigest,
    effect: shownEffect(effect),
    ttlSeconds: Math.min(...approvals.map(({ ttlSeconds }) => ttlSeconds ?? DEFAULT_TTL_SECONDS)),
  };
}

/** Who can countersign it, and how. */
function howTo(approval: Approval, urlOf: UrlOf): string {
  const url = urlOf(approval.id);
  const [how, or] = [`countersign approvals approve ${approval.id}`, url === undefined ? '' : `, or at ${url}`];
  return `a member of ${groupsText(approval.value.requirements)} can do that with: ${how}${or}`;
}

/** The line by which a session is told that it waits; group names go to a terminal. */
function waitingLine(approval: Approval, holdMs: number, urlOf: UrlOf): string {
  const line = `waiting for a countersignature, at most ${Math.ceil(holdMs / 1_000)} s: approval ${approval.id}; ${howTo(approval, urlOf)}`;
  return visibleText(line);
}

/** What an exchange is told while nobody has countersigned it. */
function pendingFault(
  code: 'ERR_APPROVAL_REQUIRED' | 'ERR_APPROVAL_PENDING',
  approval: Approval,
  sentence: string,
  urlOf: UrlOf,
): Fault {
  const { id } = approval;
  const then = `the same request, sent again before ${approval.value.expiresAt}, goes through once that is done`;
  const causes = approvalCauses(approval, 'same-request', urlOf);
  return new Fault(code, `${sentence}; approval ${id} waits: ${howTo(approval, urlOf)}; ${then}`, {
    causes,
    approval: id,
  });
}

/** Why nobody can be asked, with the rules that ask. */
function unaskedFault({ code, detail, causes, row, cause }: Fault, { approvals }: Ask): Fault {
  return new Fault(code, detail, { causes: [...causes, rulesCause(approvals)], as: row, cause });
}

/** Why people are not asked: its agent has its part of what they can look through. */
function tooManyFault(tooMany: TooMany, { maxOpenOfAgent, maxPerDayOfAgent }: ApprovalLimits): Fault {
  const detail =
    tooMany === 'open'
      ? `the agent has ${maxOpenOfAgent} requests that wait for a countersignature, its limit; let some of them end first`
      : `the agent has asked for ${maxPerDayOfAgent} countersignatures in a day, its limit; ask for fewer things`;
  return new Fault('ERR_APPROVAL_TOO_MANY', detail);
}

/** Lets allows on; what policy asks for waits for its countersignature, at most as long as a request is held. */
export function approve(parts: ApproveParts): Stage<Decided, Approved> {
  const { policies, register, openWrites, holds, effectOf, hmac, holdMs, waits, urlOf } = parts;

  const sentenceOf = ({ cluster, made }: Asked) => policies.forCluster(cluster).describe(made.decision);

  /** Finds out what it would do and asks people for that. */
  const begin = async (exchange: Asked, request: string, admission: Admission): Promise<Begun | Fault> => {
    const effect = await effectOf(exchange);
    if (effect instanceof Fault) return unaskedFault(effect, exchange.made.decision);
    const bound = boundRequest(exchange, effect, exchange.made.decision.approvals.map(requirementOf));
    const asking = { ...askingOf(exchange, effect, requestDigest(hmac, bound)), request };
    const recordOf = (id: string, document: ApprovalDocument) => askedRecord(exchange, id, document, bound);
    const approval = await register.ask(asking, admission, recordOf);
    if (typeof approval === 'string') return tooManyFault(approval, register.limits);
    return approval.value.state === 'denied' ? endedFault(approval, urlOf) : { approval, wanted: asking, effect };
  };

  /** Of who can't wait, or doesn't want to, people may have been asked already: nothing is looked at again. */
  const pendingAlready = async (exchange: Asked, { open }: Admission, wait: Wait): Promise<Fault | undefined> => {
    const found = open === undefined || wait === 'held' ? undefined : await register.get(open);
    const isPending = found?.value.state === 'pending' && register.isOfKey(found);
    return isPending ? pendingFault(unwaitedCode(wait), found, sentenceOf(exchange), urlOf) : undefined;
  };

  const ask = async (exchange: Asked, wait: Wait): Promise<Approved | Fault> => {
    const rules = exchange.made.decision.approvals.map(requirementOf);
    const planned = await plannedFor(exchange, rules, parts);
    if (planned) return planned instanceof Fault ? planned : goOn(exchange, planned, wait);
    const request = requestDigest(hmac, boundRequest(exchange, undefined, rules));
    const admission = await register.admit(exchange.principal.id, request);
    if (typeof admission === 'string') return tooManyFault(admission, register.limits);
    const pending = await pendingAlready(exchange, admission, wait);
    if (pending) return pending;
    const begun = await begin(exchange, request, admission).finally(admission.leave);
    return begun instanceof Fault ? begun : goOn(exchange, begun, wait);
  };

  /** With what was asked, as far as people have said something. */
  const goOn = async (exchange: Asked, begun: Begun, wait: Wait): Promise<Approved | Fault> => {
    if (begun.approval.value.state === 'approved') return { ...exchange, countersigned: { ...begun, waited: false } };
    if (wait === 'held') return hold(exchange, begun);
    return pendingFault(unwaitedCode(wait), begun.approval, sentenceOf(exchange), urlOf);
  };

  /** An exec or attach is answered at once, so that it can be told; whatever comes of it is told there too. */
  const hold = async (exchange: Asked, begun: Begun): Promise<Approved | Fault> => {
    const ms = holdMs();
    const caller = exchange.lane === 'exec' ? holdExec(exchange, waitingLine(begun.approval, ms, urlOf)) : undefined;
    if (caller instanceof Fault) return caller;
    const decided = await register.decided(begun.approval.id, ms, exchange.abort.signal);
    const { state } = decided.value;
    if (state === 'pending') return pendingFault('ERR_APPROVAL_PENDING', decided, sentenceOf(exchange), urlOf);
    if (state !== 'approved') return endedFault(decided, urlOf);
    const countersigned = { ...begun, approval: decided, waited: true };
    return { ...exchange, countersigned, ...(caller === undefined ? {} : { caller }) };
  };

  /** A place among those that wait comes first, before anything is asked upstream. */
  const enter = async (exchange: Asked): Promise<Approved | Fault> => {
    const { headers, principal } = exchange;
    const doubt = await openWrites.doubt(requestKey(hmac, exchange));
    if (doubt) return doubtFault(doubt);
    const isWaiting = headers.countersignWait === undefined ? waits(principal.id) : headers.countersignWait === 'hold';
    const leave = isWaiting ? holds.enter(principal.id) : undefined;
    try {
      return await ask(exchange, leave ? 'held' : isWaiting ? 'full' : 'none');
    } finally {
      leave?.();
    }
  };

  /** A grant gives no second try at what may have been done: nobody knows what became of the first. */
  const doubted = async (exchange: Decided): Promise<Approved | Fault> => {
    const doubt = await openWrites.doubt(requestKey(hmac, exchange));
    return doubt ? doubtFault(doubt) : { ...exchange, countersigned: undefined };
  };

  return (exchange) => {
    if (exchange.made.grant !== undefined && exchange.lane === 'write') return doubted(exchange);
    if (isAsked(exchange) && canWait(exchange)) return enter(exchange);
    const refusal = refusalOf(exchange.made, policies.forCluster(exchange.cluster));
    return refusal ?? { ...exchange, countersigned: undefined };
  };
}
