// SPDX-License-Identifier: Apache-2.0
import type { PolicyProblem } from '@countersign/policy';

/** What the gateway refuses about its policy folder. */
export type PoliciesErrorCode = 'ERR_POLICIES_INVALID' | 'ERR_POLICIES_CLOSED';

/** The policy folder can't be used. `problems` lists all that is wrong with it, one line each in the message too. */
export class PoliciesError extends Error {
  override readonly name = 'PoliciesError';
  readonly code: PoliciesErrorCode;
  readonly problems: readonly PolicyProblem[];

  constructor(
    code: PoliciesErrorCode,
    message: string,
    problems: readonly PolicyProblem[] = [],
    options?: ErrorOptions,
  ) {
    super([message, ...problems.map((problem) => `  ${formatProblem(problem)}`)].join('\n'), options);
    this.code = code;
    this.problems = problems;
  }
}

/** One line: `organisation/agents.cedar:12 rule no-tokens: …`. */
export function formatProblem({ set, file, line, rule, message }: PolicyProblem): string {
  const place = [set, file].filter(Boolean).join('/');
  const where = line === undefined ? place : `${place}:${line}`;
  return `${where}${rule === undefined ? '' : ` rule ${rule}`}: ${message}`;
}
