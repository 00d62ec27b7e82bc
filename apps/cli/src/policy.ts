// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { registerPolicyTest } from './policy-cases.ts';
import { registerPolicyCheck } from './policy-check.ts';
import { registerPolicyExplain } from './policy-explain.ts';

const EXAMPLES = `
Examples:
  countersign policy check policies
  countersign policy test policies
  countersign policy explain --policies policies --cluster lab --agent reporter GET /api/v1/namespaces/demo/pods`;

/** `countersign policy`: checks, tests and explains policies without a gateway. */
export function registerPolicy(program: Command): void {
  const policy = program.command('policy').description('check, test and explain policies');
  policy.addHelpText('after', EXAMPLES);
  registerPolicyCheck(policy);
  registerPolicyTest(policy);
  registerPolicyExplain(policy);
}
