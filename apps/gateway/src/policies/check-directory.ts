// SPDX-License-Identifier: Apache-2.0
import { checkPolicies, type PolicyEngine, type PolicyProblem, policyDigest, type Rule } from '@countersign/policy';
import { hash } from './hash.ts';
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

/** The organisation's set by itself, or a cluster's together with what it inherits. */
export interface SetSummary {
  readonly set: string;
  /** Of a cluster: what its decisions name. */
  readonly digest: string;
  readonly files: number;
  readonly rules: number;
}

/** One line on each set of a folder, the organisation's first. */
export function summarizeSets(
  { organisation, clusters }: PolicyDirectory,
  rules: ReadonlyMap<string, readonly Rule[]>,
): SetSummary[] {
  return [[organisationSet, organisation] as const, ...clusters].map(([set, sources]) => ({
    set,
    digest: policyDigest(hash, sources),
    files: sources.length,
    rules: rules.get(set)?.length ?? 0,
  }));
}
