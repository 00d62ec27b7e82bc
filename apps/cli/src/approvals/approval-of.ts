// SPDX-License-Identifier: Apache-2.0
import { type ApprovalView, parseApprovalView, WireError } from '@countersign/wire';
import { CliError } from '../cli-error.ts';

/** Reads an approval from an answer of the control API. @throws CliError (1) when it is none */
export function approvalOf(answer: unknown): ApprovalView {
  try {
    return parseApprovalView(answer);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new CliError(1, `the gateway answered with something else: ${cause.message}`, { cause });
  }
}

/** The path of an approval in the control API. */
export function approvalPath(id: string): string {
  return `/api/v1/approvals/${encodeURIComponent(id)}`;
}
