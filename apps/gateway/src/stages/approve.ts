// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import { type ApprovalRequirement, type Decision, describeTarget } from '@countersign/policy';
import { approvalCauses, groupsOf, rulesCause } from '../approvals/approval-causes.ts';
import type { ApprovalRegister, Asking } from '../approvals/approval-register.ts';
import type { Effect } from '../approvals/effect.ts';
import { endedFault } from '../approvals/ended-fault.ts';
import type { Holds } from '../approvals/holds.ts';
import { boundRequest, requestDigest } from '../approvals/request-digest.ts';
import type { Approval } from '../approvals/transitions.ts';
import type { Approved, Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { refusalOf } from '../policies/refusal-of.ts';
import { askedRecord } from '../records/approval-records.ts';

export interface ApproveParts {
  readonly policies: PolicyStore;
  readonly register: ApprovalRegister;
  readonly holds: Holds;
  readonly effectOf: (exchange: Decided) => Promise<Effect | Fault>;
  readonly hmac: Hmac;
  /** How long a request is held, in milliseconds. */
  readonly holdMs: () => number;
  /** Whether an agent's requests wait, where they don't say so themselves. */
  readonly waits: (agent: string) => boolean;
}

/** Of rules that say nothing of it. */
const DEFAULT_TTL_SECONDS = 15 * 60;

type Ask = Extract<Decision, { effect: 'ask' }>;
type Asked = Decided & { readonly made: Decided['made'] & { readonly decision: Ask } };

function isAsked(exchange: Decided): exchange is Asked {
  return exchange.made.decision.effect === 'ask';
}

/** Writes can wait; but whoever elects a leader by a lease can't wait for a person. */
function canWait({ lane, request }: Decided): boolean {
  const isLease =
    request.kind === 'resource' && request.group === 'coordination.k8s.io' && request.resource === 'leases';
  return lane === 'write' && !isLease;
}

function requirementOf({ rule, group, quorum, ownerMay, reason }: ApprovalRequirement): Asking['requirements'][number] {
  return { rule: { set: rule.set, id: rule.id }, group, quorum, ownerMay, ...(reason === undefined ? {} : { reason }) };
}

function askingOf({ id, session, cluster, principal, request, made }: Asked, effect: Effect, digest: string): Asking {
  const { issuer, subject, owner, purpose, act } = principal;
  const { approvals, policyDigest } = made.decision;
  return {
    digest,
    exchange: id,
    session,
    cluster,
    requester: { id: principal.id, issuer, subject, owner, purpose, act: act.map((actor) => ({ ...actor })) },
    action: describeTarget(request),
    requirements: approvals.map(requirementOf),
    policyDigest,
    effect: { ...effect, digest: Buffer.from(effect.digest).toString('hex') },
    ttlSeconds: Math.min(...approvals.map(({ ttlSeconds }) => ttlSeconds ?? DEFAULT_TTL_SECONDS)),
  };
}

/** What an exchange is told while nobody has countersigned it. */
function pendingFault(
  code: 'ERR_APPROVAL_REQUIRED' | 'ERR_APPROVAL_PENDING',
  approval: Approval,
  sentence: string,
): Fault {
  const { id } = approval;
  const how = `a member of ${groupsOf(approval)} can do that with: countersign approvals approve ${id}`;
  const then = `the same request, sent again before ${approval.value.expiresAt}, goes through once that is done`;
  const causes = approvalCauses(approval, 'same-request');
  return new Fault(code, `${sentence}; approval ${id} waits: ${how}; ${then}`, { causes, approval: id });
}

/** Why nobody can be asked, with the rules that ask. */
function unaskedFault({ code, detail, causes, row, cause }: Fault, { approvals }: Ask): Fault {
  return new Fault(code, detail, { causes: [...causes, rulesCause(approvals)], as: row, cause });
}

/** Lets allows on; what policy asks for waits for its countersignature, at most as long as a request is held. */
export function approve(parts: ApproveParts): Stage<Decided, Approved> {
  const { policies, register, holds, effectOf, hmac, holdMs, waits } = parts;

  const ask = async (exchange: Asked): Promise<Approved | Fault> => {
    const effect = await effectOf(exchange);
    if (effect instanceof Fault) return unaskedFault(effect, exchange.made.decision);
    const bound = boundRequest(exchange, effect, exchange.made.decision.approvals.map(requirementOf));
    const asking = askingOf(exchange, effect, requestDigest(hmac, bound));
    const approval = await register.ask(asking, (id, document) => askedRecord(exchange, id, document, bound));
    if (approval === undefined) return new Fault('ERR_APPROVAL_TOO_MANY', String(register.maxOpenOfAgent));
    if (approval.value.state === 'approved')
      return { ...exchange, countersigned: { approval, wanted: asking, effect, waited: false } };
    return hold(exchange, approval, asking, effect);
  };

  const hold = async (
    exchange: Asked,
    approval: Approval,
    wanted: Asking,
    effect: Effect,
  ): Promise<Approved | Fault> => {
    const sentence = policies.forCluster(exchange.cluster).describe(exchange.made.decision);
    const { headers, principal } = exchange;
    const isWaiting = headers.countersignWait === undefined ? waits(principal.id) : headers.countersignWait === 'hold';
    if (!isWaiting) return pendingFault('ERR_APPROVAL_REQUIRED', approval, sentence);
    const leave = holds.enter(principal.id);
    if (!leave) return pendingFault('ERR_APPROVAL_PENDING', approval, sentence);
    try {
      const decided = await register.decided(approval.id, holdMs(), exchange.abort.signal);
      if (decided.value.state === 'pending') return pendingFault('ERR_APPROVAL_PENDING', decided, sentence);
      if (decided.value.state !== 'approved') return endedFault(decided);
      return { ...exchange, countersigned: { approval: decided, wanted, effect, waited: true } };
    } finally {
      leave();
    }
  };

  return (exchange) => {
    if (isAsked(exchange) && canWait(exchange)) return ask(exchange);
    const refusal = refusalOf(exchange.made, policies.forCluster(exchange.cluster));
    return refusal ?? { ...exchange, countersigned: undefined };
  };
}
