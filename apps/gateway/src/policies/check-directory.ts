// SPDX-License-Identifier: Apache-2.0
import {
  checkPolicies,
  type ParsedFile,
  type PolicyChecker,
  type PolicyProblem,
  policyDigest,
  type Rule,
} from '@countersign/policy';
import { hash } from './hash.ts';
import { organisationSet, type PolicyDirectory } from './policy-directory.ts';

/** Everything that is wrong with a folder, and the rules of each set: a cluster's with those that it inherits. */
export function checkDirectory(
  engine: PolicyChecker,
  directory: PolicyDirectory,
): { readonly problems: readonly PolicyProblem[]; readonly rules: ReadonlyMap<string, readonly Rule[]> } {
  const checker = onceEach(engine);
  const organisation = checkPolicies(checker, directory.organisation);
  const problems = [...directory.problems, ...organisation.problems];
  const rules = new Map<string, readonly Rule[]>([[organisationSet, organisation.rules]]);
  for (const [name, sources] of directory.clusters) {
    const checked = checkPolicies(checker, sources);
    problems.push(...checked.problems.filter(({ set }) => set === name));
    rules.set(name, checked.rules);
  }
  return { problems, rules };
}

/**
 * Reads each text once, and asks once about each rule in which nothing is found: the engine judges rules one by one, and
 * every cluster has those of its organisation.
 */
function onceEach(engine: PolicyChecker): PolicyChecker {
  const parsed = new Map<string, ParsedFile>();
  const sound = new Map<string, string>();
  return {
    parse: (text) => {
      const found = parsed.get(text) ?? engine.parse(text);
      parsed.set(text, found);
      return found;
    },
    validate: (policies) => {
      const unknown = new Map([...policies].filter(([key, text]) => sound.get(key) !== text));
      if (unknown.size === 0) return [];
      const problems = engine.validate(unknown);
      // Of an answer with a problem it may not be known which rules it is about.
      if (problems.length === 0) for (const [key, text] of unknown) sound.set(key, text);
      return problems;
    },
  };
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
