// SPDX-License-Identifier: Apache-2.0
import type { MadeDecision } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { ClusterPolicies } from './policy-store.ts';

/** What a decision that is no allow is answered with. Asks are refused until approvals exist: nothing holds a request yet. */
export function refusalOf({ decision, input }: MadeDecision, policies: ClusterPolicies): Fault | undefined {
  if (decision.effect === 'allow') return undefined;
  const sentence = policies.describe(decision, '; approvals are not enabled');
  switch (decision.effect) {
    case 'undecided':
      return new Fault('ERR_POLICY_UNAVAILABLE', sentence);
    case 'ask':
      return new Fault('ERR_APPROVAL_REQUIRED', sentence);
    case 'deny':
      return new Fault(
        'ERR_POLICY_DENIED',
        `${sentence} [agent ${input.principal.id}, policy ${decision.policyDigest.replace(/^sha256:/, '').slice(0, 12)}]`,
      );
  }
}
