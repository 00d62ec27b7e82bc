// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { PolicyInput } from '@countersign/policy';
import { askerOf } from '../apart/asker-of.ts';
import type { Countersigned, Decided, MadeDecision } from '../exchange.ts';
import { Fault, type FaultCode } from '../faults.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { refusalOf } from '../policies/refusal-of.ts';
import { approvalCauses, type UrlOf } from './approval-causes.ts';
import { isCovered } from './is-covered.ts';
import type { Approval } from './transitions.ts';

export interface DecideAgainParts {
  readonly policies: Pick<PolicyStore, 'epoch' | 'forCluster'>;
  readonly urlOf: UrlOf;
  readonly now: () => Date;
}

/** Why an approval is none of what would be done now. */
export function changed(
  approval: Approval,
  detail: string,
  { urlOf }: Pick<DecideAgainParts, 'urlOf'>,
  code: FaultCode = 'ERR_APPROVAL_CHANGED',
): Fault {
  const causes = approvalCauses(approval, 'new-request', urlOf);
  return new Fault(code, detail, { causes, approval: approval.id });
}

/** The decision as policy and object of this moment make it: what was asked for when it was asked may be denied by now. */
export async function decideAgain(
  exchange: Decided,
  seen: Partial<Pick<PolicyInput, 'live' | 'request'>>,
  { policies, now }: DecideAgainParts,
): Promise<MadeDecision> {
  const input = { ...exchange.made.input, ...seen, time: now().toISOString() };
  const inForce = policies.forCluster(exchange.cluster);
  const decision = await inForce.decideFor(askerOf(exchange), input);
  return { id: randomUUID(), decision, input, occasion: 'approval-use' };
}

/** Why a countersignature doesn't open the exchange, by what policy says now. */
export function policyFault(
  exchange: Decided,
  made: MadeDecision,
  { approval, wanted }: Pick<Countersigned, 'approval' | 'wanted'>,
  parts: Omit<DecideAgainParts, 'now'>,
): Fault | undefined {
  const { policies } = parts;
  if (isCovered(made.decision, wanted.requirements)) {
    const [before, after] = [exchange.made.decision, made.decision].map((one) => 'reveal' in one && one.reveal);
    return before === after ? undefined : changed(approval, 'what may be seen of it is another thing now', parts);
  }
  if (made.decision.effect === 'ask')
    return changed(approval, 'policy changed while it waited, and wants it countersigned by others too', parts);
  return refusalOf(made, policies.forCluster(exchange.cluster));
}
