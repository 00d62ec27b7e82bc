// SPDX-License-Identifier: Apache-2.0
import {
  checkPolicies,
  type PolicyEngine,
  type PolicyProblem,
  type PolicySet,
  type PolicySource,
  policyDigest,
  preparePolicySet,
} from '@countersign/policy';
import { checkDirectory } from './check-directory.ts';
import { hash } from './hash.ts';
import { PoliciesError } from './policies-error.ts';
import { readPolicyDirectory } from './policy-directory.ts';

/**
 * The policies of one cluster, from a policy folder that must be valid as a whole.
 * @throws PoliciesError `ERR_POLICIES_INVALID`
 */
export async function loadPolicySet(engine: PolicyEngine, dir: string, cluster: string): Promise<PolicySet> {
  const directory = await readPolicyDirectory(dir);
  const { problems, rules } = checkDirectory(engine, directory);
  const sources = directory.clusters.get(cluster);
  if (problems.length > 0) throw unusable(dir, problems);
  if (!sources) {
    const known = [...directory.clusters.keys()].join(', ') || 'none';
    throw new PoliciesError('ERR_POLICIES_INVALID', `${dir} has no policies for cluster ${cluster}; it has: ${known}`);
  }
  return preparePolicySet(engine, cluster, policyDigest(hash, sources), rules.get(cluster) ?? []);
}

/**
 * The policies of one cluster, from texts.
 * @throws PoliciesError `ERR_POLICIES_INVALID`
 */
export function preparedSet(
  engine: PolicyEngine,
  cluster: string,
  sources: readonly PolicySource[],
  found: readonly PolicyProblem[] = [],
): PolicySet {
  const { problems, rules } = checkPolicies(engine, sources);
  const all = [...found, ...problems];
  if (all.length > 0) throw unusable(`cluster ${cluster}`, all);
  return preparePolicySet(engine, cluster, policyDigest(hash, sources), rules);
}

function unusable(what: string, problems: readonly PolicyProblem[]): PoliciesError {
  return new PoliciesError('ERR_POLICIES_INVALID', `the policies of ${what} can't be used:`, problems);
}
