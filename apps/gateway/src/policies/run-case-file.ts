// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type CasePolicies,
  type CaseResult,
  judgeCase,
  type PolicyCases,
  type PolicyEngine,
  PolicyError,
  type PolicyProblem,
  type PolicySet,
  type PolicySource,
  parsePolicyCases,
  releasePolicySet,
} from '@countersign/policy';
import { parse } from 'yaml';
import { loadPolicySet, preparedSet } from './load-policy-set.ts';
import { organisationSet, readPolicySet } from './policy-directory.ts';

/** A case file itself, or every `*.test.yaml` below a folder, in order of path. */
export async function findCaseFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => name.endsWith('.test.yaml'))
    .sort()
    .map((name) => join(path, name));
}

/**
 * Runs the cases of one file against the policies that it names or, where it names none, against the policy folder whose
 * `organisation/` or `clusters/<name>/` it stands in.
 * @throws PolicyError `ERR_POLICY_CASES`, PoliciesError `ERR_POLICIES_INVALID`
 */
export async function runCaseFile(engine: PolicyEngine, path: string): Promise<CaseResult[]> {
  const file = parsePolicyCases(parseYaml(await readFile(path, 'utf8')));
  const sets = new Map<string, PolicySet>();
  try {
    const results: CaseResult[] = [];
    for (const one of file.cases) {
      const { cluster } = one.input;
      const set = sets.get(cluster) ?? (await caseSet(engine, path, file, cluster));
      sets.set(cluster, set);
      results.push(judgeCase(set, one));
    }
    return results;
  } finally {
    for (const set of sets.values()) releasePolicySet(set);
  }
}

async function caseSet(engine: PolicyEngine, path: string, file: PolicyCases, cluster: string): Promise<PolicySet> {
  const dir = dirname(resolve(path));
  if (!file.organisation && file.clusters.size === 0) return loadPolicySet(engine, policyFolderOf(dir), cluster);
  const own = file.clusters.get(cluster);
  if (!own) throw new PolicyError('ERR_POLICY_CASES', `clusters says nothing about ${cluster}, which a case names`);
  const problems: PolicyProblem[] = [];
  const sources = [
    ...(file.organisation ? await caseSources(dir, organisationSet, file.organisation, problems) : []),
    ...(await caseSources(dir, cluster, own, problems)),
  ];
  return preparedSet(engine, cluster, sources, problems);
}

async function caseSources(
  dir: string,
  set: string,
  policies: CasePolicies,
  problems: PolicyProblem[],
): Promise<PolicySource[]> {
  if ('text' in policies) return [{ set, file: 'inline', text: policies.text }];
  return readPolicySet(resolve(dir, policies.folder), set, problems);
}

function policyFolderOf(dir: string): string {
  if (basename(dir) === organisationSet) return dirname(dir);
  if (basename(dirname(dir)) === 'clusters') return dirname(dirname(dir));
  throw new PolicyError(
    'ERR_POLICY_CASES',
    'the file names no policies (organisation, clusters) and stands in no policy folder',
  );
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : 'unknown error';
    throw new PolicyError('ERR_POLICY_CASES', `the file is not YAML: ${message}`, { cause: error });
  }
}
