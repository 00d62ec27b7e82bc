// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { runVerb } from '../run-verb.ts';
import { addControlFlags, type ControlOptions } from './control-flags.ts';

type Json = Readonly<Record<string, unknown>>;

/** One thing of the control API that is shown by `show`. */
export interface Shown {
  readonly description: string;
  readonly argument: readonly [name: string, description: string];
  readonly pathOf: (id: string) => string;
  /** In words, a line each, in printable ASCII. */
  readonly lines: () => Promise<(item: Json) => readonly string[]>;
  readonly examples: string;
}

interface ShowOptions extends ControlOptions {
  readonly output: 'text' | 'json';
}

async function show(id: string, shown: Shown, options: ShowOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { asciiJson }, lines] = await Promise.all([
    import('./call-control.ts'),
    import('../evidence/printable.ts'),
    shown.lines(),
  ]);
  const item = await callControl({ ...options, method: 'GET', path: shown.pathOf(id) });
  print(`${options.output === 'json' ? asciiJson(item) : lines(item).join('\n')}\n`);
}

/** Gives a group of commands `show`. */
export function registerShow(group: Command, shown: Shown): void {
  const command = group
    .command('show')
    .description(shown.description)
    .argument(...shown.argument)
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'));
  addControlFlags(command)
    .addHelpText('after', shown.examples)
    .action((id: string, options: ShowOptions) => runVerb(command, (print) => show(id, shown, options, print)));
}
