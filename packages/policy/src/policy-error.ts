// SPDX-License-Identifier: Apache-2.0

/** Why something about policy was refused. A decision is never an error: see `Decision`. */
export type PolicyErrorCode =
  /** The engine refused to prepare rules that it had checked. */
  | 'ERR_POLICY_ENGINE'
  /** The body of a write names more images, labels or the like than rules are asked to look at. */
  | 'ERR_POLICY_FACTS'
  /** A file of test cases is not one. */
  | 'ERR_POLICY_CASES';

/** Broken input to the policy package. Messages name files, fields and rules, never values of requests. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly code: PolicyErrorCode;

  constructor(code: PolicyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
