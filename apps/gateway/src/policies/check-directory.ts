// SPDX-License-Identifier: Apache-2.0
import { checkPolicies, type PolicyEngine, type PolicyProblem, type Rule } from '@countersign/policy';
import { organisationSet, type PolicyDirectory } from './policy-directory.ts';

/** Everything that is wrong with a folder, and the rules of each set: a cluster's with those that it inherits. */
export function checkDirectory(
  engine: PolicyEngine,
  directory: PolicyDirectory,
): { readonly problems: readonly PolicyProblem[]; readonly rules: ReadonlyMap<string, readonly Rule[]> } {
  const organisation = checkPolicies(engine, directory.organisation);
  const problems = [...directory.problems, ...organisation.problems];
  const rules = new Map<string, readonly Rule[]>([[organisationSet, organisation.rules]]);
  for (const [name, sources] of directory.clusters) {
    const checked = checkPolicies(engine, sources);
    problems.push(...checked.problems.filter(({ set }) => set === name));
    rules.set(name, checked.rules);
  }
  return { problems, rules };
}
