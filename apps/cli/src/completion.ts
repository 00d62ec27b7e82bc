// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command, Option } from 'commander';
import { SHELLS, type Shell } from './completion/scripts.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  source <(countersign completion bash)          bash: in ~/.bashrc
  source <(countersign completion zsh)           zsh: in ~/.zshrc, after compinit
  countersign completion fish | source           fish: in ~/.config/fish/config.fish

It completes commands, options, and values of options that have a list of them; files as the shell does. Nothing is asked of
a gateway.
Exit codes: 0 printed, 3 wrong usage.`;

async function complete(
  program: Command,
  shell: Shell,
  words: readonly string[],
  { candidates }: { readonly candidates?: true },
  print: (text: string) => void,
): Promise<void> {
  if (!candidates) {
    const { COMPLETION_SCRIPTS } = await import('./completion/scripts.ts');
    print(COMPLETION_SCRIPTS[shell]);
    return;
  }
  const { completionOf, completionText } = await import('./completion/candidates.ts');
  print(completionText(completionOf(program, words)));
}

/** `countersign completion`: the script by which a shell completes command lines. */
export function registerCompletion(program: Command): void {
  const command = program
    .command('completion')
    .description('print the script by which your shell completes command lines')
    .usage('[options] <shell>')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addArgument(new Argument('[words...]').argOptional())
    .addOption(new Option('--candidates', 'what may stand for the last word').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell, words: readonly string[], options: { readonly candidates?: true }) =>
      runVerb(command, (print) => complete(program, shell, words, options, print)),
    );
}
