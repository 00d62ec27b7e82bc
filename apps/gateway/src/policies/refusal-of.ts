// SPDX-License-Identifier: Apache-2.0
import { describeTarget } from '@countersign/policy';
import type { MadeDecision } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { ClusterPolicies } from './policy-store.ts';

function shortOf(policyDigest: string): string {
  return policyDigest.replace(/^sha256:/, '').slice(0, 12);
}

/** What a decision that is no allow, and that no grant lets on, is answered with, where nothing can wait for a countersignature. */
export function refusalOf({ decision, input, grant }: MadeDecision, policies: ClusterPolicies): Fault | undefined {
  if (decision.effect === 'allow' || (decision.effect === 'ask' && grant !== undefined)) return undefined;
  const { kind, id } = input.principal;
  const sentence = policies.describe(decision, "; this kind of request can't wait for one");
  switch (decision.effect) {
    case 'undecided':
      return new Fault('ERR_POLICY_UNAVAILABLE', sentence);
    case 'ask':
      return new Fault('ERR_APPROVAL_REQUIRED', sentence);
    case 'deny':
      return new Fault(
        'ERR_POLICY_DENIED',
        `${sentence} [${kind} ${id}, ${describeTarget(input.request)}, policy ${shortOf(decision.policyDigest)}]`,
      );
  }
}
