// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { counted } from './counted.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign policy check /etc/countersign/policies
  countersign policy check policies -o json | jq .problems

DIR has organisation/*.cedar and clusters/<name>/*.cedar, as the gateway reads them.
Exit codes: 0 they can be used, 1 they can't, 3 wrong usage.`;

async function check(dir: string, output: 'text' | 'json', print: (text: string) => void): Promise<void> {
  const { CedarEngine, checkDirectory, formatProblem, readPolicyDirectory, summarizeSets } = await import(
    '@countersign/gateway'
  );
  const directory = await readPolicyDirectory(dir);
  const { problems, rules } = checkDirectory(new CedarEngine(), directory);
  const sets = summarizeSets(directory, rules);
  if (output === 'json') print(`${JSON.stringify({ dir, sets, problems })}\n`);
  if (problems.length > 0) {
    const lines = output === 'json' ? [] : problems.map((problem) => `\n  ${formatProblem(problem)}`);
    throw new CliError(1, `the policies in ${dir} can't be used${lines.length > 0 ? ':' : ''}${lines.join('')}`);
  }
  if (output === 'text') {
    const lines = sets.map(
      ({ set, rules: count, files, digest }) =>
        `  ${set}: ${counted(count, 'rule')} in ${counted(files, 'file')}, ${digest}\n`,
    );
    print(`the policies in ${dir} can be used:\n${lines.join('')}`);
  }
}

/** `countersign policy check`: what the gateway would say of a policy folder. */
export function registerPolicyCheck(policy: Command): void {
  policy
    .command('check')
    .description('say everything that is wrong with a policy folder')
    .argument('<dir>', 'the policy folder')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((dir: string, { output }: { readonly output: 'text' | 'json' }, command: Command) =>
      runVerb(command, (print) => check(dir, output, print)),
    );
}
