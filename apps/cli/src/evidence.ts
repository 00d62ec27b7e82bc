// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { registerEvidenceList } from './evidence-list.ts';
import { registerEvidenceShow } from './evidence-show.ts';
import { registerEvidenceVerify } from './evidence-verify.ts';

const EXAMPLES = `
Examples:
  countersign evidence verify ./log --trust log.policy
  countersign evidence list ./log --type intent --type outcome
  countersign evidence show ./log 42`;

/** `countersign evidence …`: reads and checks an evidence log, offline. */
export function registerEvidence(program: Command): void {
  const evidence = program.command('evidence').description('read and check the evidence log');
  evidence.addHelpText('after', EXAMPLES);
  registerEvidenceVerify(evidence);
  registerEvidenceList(evidence);
  registerEvidenceShow(evidence);
}
