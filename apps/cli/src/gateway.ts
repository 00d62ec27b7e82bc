// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';

const EXAMPLES = `
Example:
  countersign gateway --config /etc/countersign/gateway.yaml

It says what it does in JSON lines on standard error. SIGTERM: not ready, lets exchanges finish, then ends.
Exit codes: 0 stopped, 1 it could not run, 2 the configuration can't be used, 3 wrong usage.`;

/** `countersign gateway`: runs a gateway by its configuration. */
export function registerGateway(program: Command): void {
  program
    .command('gateway')
    .description('run a gateway')
    .requiredOption('--config <file>', 'its configuration, YAML; see `countersign config check`')
    .addHelpText('after', EXAMPLES)
    .action(async ({ config }: { readonly config: string }) => {
      const { runGateway } = await import('@countersign/gateway');
      process.exitCode = await runGateway(config);
    });
}
