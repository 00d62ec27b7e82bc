// SPDX-License-Identifier: Apache-2.0
import { describeTarget } from '@countersign/policy';
import type { MadeDecision } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { grantCauses } from './ask-causes.ts';
import type { ClusterPolicies } from './policy-store.ts';

function shortOf(policyDigest: string): string {
  return policyDigest.replace(/^sha256:/, '').slice(0, 12);
}

/** What is said of a request that is asked about and not held for people. */
export const BY_GRANT = "; this kind of request can't wait for one, but a grant gives it (countersign grants request)";

/** What a decision that is no allow, and that no grant lets on, is answered with, where nothing can wait for a countersignature. */
export function refusalOf({ decision, input, grant }: MadeDecision, policies: ClusterPolicies): Fault | undefined {
  if (decision.effect === 'allow' || (decision.effect === 'ask' && grant !== undefined)) return undefined;
  const { kind, id } = input.principal;
  const sentence = policies.describe(decision, BY_GRANT);
  switch (decision.effect) {
    case 'undecided':
      return new Fault('ERR_POLICY_UNAVAILABLE', sentence);
    case 'ask':
      return new Fault('ERR_APPROVAL_REQUIRED', sentence, { causes: grantCauses(decision.approvals) });
    case 'deny':
      return new Fault(
        'ERR_POLICY_DENIED',
        `${sentence} [${kind} ${id}, ${describeTarget(input.request)}, policy ${shortOf(decision.policyDigest)}]`,
      );
  }
}
