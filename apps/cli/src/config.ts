// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { counted } from './counted.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign config check gateway.yaml
  countersign config check gateway.yaml -o json | jq .problems

It also looks at the certificates, keys and policies that the file names.
Exit codes: 0 it can be used, 1 it can't, 3 wrong usage.`;

async function check(file: string, output: 'text' | 'json', print: (text: string) => void): Promise<void> {
  const { checkCertificates, checkPolicyFolder, ConfigError, loadConfig } = await import('@countersign/gateway');
  try {
    const { config, digest } = await loadConfig(file);
    const problems = [...(await checkCertificates(config)), ...(await checkPolicyFolder(config))];
    if (problems.length > 0) throw new ConfigError(file, problems);
    const counts = { clusters: config.clusters.length, issuers: config.issuers.length, agents: config.agents.length };
    const words = Object.entries(counts).map(([name, number]) => counted(number, name.slice(0, -1)));
    print(
      output === 'json'
        ? `${JSON.stringify({ file, digest, ...counts, problems: [] })}\n`
        : `${file} can be used: ${words.join(', ')}\n`,
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (output === 'json') print(`${JSON.stringify({ file, problems: error.problems })}\n`);
    throw new CliError(1, output === 'json' ? `${file} can't be used` : error.message, { cause: error });
  }
}

/** `countersign config check`: what the gateway would say of a configuration file. */
export function registerConfig(program: Command): void {
  const config = program
    .command('config')
    .description('look after the configuration of a gateway')
    .addHelpText('after', '\nExample:\n  countersign config check gateway.yaml');
  config
    .command('check')
    .description('say everything that is wrong with a configuration file')
    .argument('<file>', "the gateway's configuration, YAML")
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((file: string, { output }: { readonly output: 'text' | 'json' }, command: Command) =>
      runVerb(command, (print) => check(file, output, print)),
    );
}
