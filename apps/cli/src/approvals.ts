// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { registerApprovalsList } from './approvals-list.ts';
import { registerApprovalsReason } from './approvals-reason.ts';
import { registerApprovalsSay } from './approvals-say.ts';
import { registerApprovalsShow } from './approvals-show.ts';
import { registerApprovalsVerify } from './approvals-verify.ts';
import { registerApprovalsWatch } from './approvals-watch.ts';

const EXAMPLES = `
Examples:
  countersign approvals list --control https://gateway.example:8445 --token-file my-token
  countersign approvals show ID --control https://gateway.example:8445 --token-file my-token
  countersign approvals approve ID --control https://gateway.example:8445 --token-file my-token
  countersign approvals deny ID --reason "not before the release" --control https://gateway.example:8445 \\
    --token-file my-token
  countersign approvals verify ID --log ./log --trust log.policy

Who may countersign is in the group that the rule names (@approval), by a token of an issuer that the configuration
names for it under roles.approver; never who asked, nor whom it acts for, nor the agent's owner. An agent sees, explains
and withdraws what it has asked for itself, with its own token.`;

/** `countersign approvals …`: what agents ask for, and what people say to it. */
export function registerApprovals(program: Command): void {
  const approvals = program
    .command('approvals')
    .description('see what waits for a countersignature, and countersign or deny it')
    .addHelpText('after', EXAMPLES);
  registerApprovalsList(approvals);
  registerApprovalsShow(approvals);
  registerApprovalsSay(approvals);
  registerApprovalsReason(approvals);
  registerApprovalsWatch(approvals);
  registerApprovalsVerify(approvals);
}
