// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { registerEvidenceList } from './evidence-list.ts';
import { registerEvidenceShow } from './evidence-show.ts';
import { registerEvidenceVerify } from './evidence-verify.ts';

/** `countersign evidence …`: reads and checks an evidence log, offline. */
export function registerEvidence(program: Command): void {
  const evidence = program.command('evidence').description('read and check the evidence log');
  registerEvidenceVerify(evidence);
  registerEvidenceList(evidence);
  registerEvidenceShow(evidence);
}
