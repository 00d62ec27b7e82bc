// SPDX-License-Identifier: Apache-2.0
import type { Argument, Command, Option } from 'commander';

/** One word that may stand next, and what it does. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What may stand where the cursor is: words of ours, a file, which shells know better, or what nobody can know. */
export type Completion = readonly Candidate[] | 'files' | 'unknown';

/** Where a command line stands before its last word. */
interface Place {
  readonly command: Command;
  /** How many arguments of the command have been given. */
  readonly given: number;
  /** The option whose value comes next. */
  readonly pending: Option | undefined;
  /** Whether `--` has been given, and nothing is an option any more. */
  readonly isPlain: boolean;
}

const takesValue = ({ required, optional }: Option) => required || optional;

function optionOf({ options }: Command, word: string): Option | undefined {
  return options.find(({ long, short }) => long === word || short === word);
}

function after(place: Place, word: string): Place {
  const { command, given, pending, isPlain } = place;
  // Bash parts `--output=json` in three.
  if (word === '=') return place;
  if (pending !== undefined) return { ...place, pending: undefined };
  if (isPlain) return { ...place, given: given + 1 };
  if (word === '--') return { ...place, isPlain: true };
  if (word.startsWith('-')) {
    const option = optionOf(command, word);
    return { ...place, pending: option && takesValue(option) ? option : undefined };
  }
  const inner = given === 0 ? command.commands.find((one) => one.name() === word) : undefined;
  return inner ? { command: inner, given: 0, pending: undefined, isPlain } : { ...place, given: given + 1 };
}

/** What stands for a value in help, such as `<file>`, says whether it is one. */
function valuesOf(
  choices: readonly string[] | undefined,
  placeholder: string,
  beginning: string,
  prefix = '',
): Completion {
  if (choices !== undefined)
    return choices
      .filter((choice) => choice.startsWith(beginning))
      .map((choice) => ({ word: `${prefix}${choice}`, description: '' }));
  return /\b(?:file|dir|files|dirs)\b/.test(placeholder) ? 'files' : 'unknown';
}

function ofOption({ argChoices, flags }: Option, beginning: string, prefix?: string): Completion {
  return valuesOf(argChoices, flags.replace(/^[^<[]*/, ''), beginning, prefix);
}

function ofArgument(argument: Argument | undefined, beginning: string): Completion {
  return argument === undefined ? [] : valuesOf(argument.argChoices, argument.name(), beginning);
}

function optionsOf(command: Command, beginning: string): readonly Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ word: long ?? short ?? '', description }))
    .filter(({ word }) => word.startsWith(beginning));
}

/**
 * What may stand for the last of these words, which follow the program's name: commands and options, and values of those that
 * have a list of them. Nothing is run, read or asked.
 */
export function completionOf(program: Command, words: readonly string[]): Completion {
  const last = words.at(-1) ?? '';
  const start: Place = { command: program, given: 0, pending: undefined, isPlain: false };
  const { command, given, pending, isPlain } = words.slice(0, -1).reduce(after, start);
  if (pending !== undefined) return ofOption(pending, last === '=' ? '' : last);
  const [, flag = '', value = ''] = /^(--[a-z-]+)=(.*)$/s.exec(last) ?? [];
  const valued = isPlain ? undefined : optionOf(command, flag);
  if (valued !== undefined) return takesValue(valued) ? ofOption(valued, value, `${flag}=`) : [];
  if (!isPlain && last.startsWith('-')) return optionsOf(command, last);
  if (given === 0 && command.commands.length > 0)
    return command
      .createHelp()
      .visibleCommands(command)
      .map((one) => ({ word: one.name(), description: one.description() }))
      .filter(({ word }) => word.startsWith(last));
  const { registeredArguments } = command;
  const rest = registeredArguments.at(-1)?.variadic ? registeredArguments.at(-1) : undefined;
  return ofArgument(registeredArguments[given] ?? rest, last);
}

/** As the shells' scripts read it: a word and what it does a line, or one word after a colon. */
export function completionText(completion: Completion): string {
  if (typeof completion === 'string') return `:${completion}\n`;
  return completion.map(({ word, description }) => `${word}\t${description.replaceAll(/\s+/g, ' ')}\n`).join('');
}
