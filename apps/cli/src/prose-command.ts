// SPDX-License-Identifier: Apache-2.0
import { type AddHelpTextContext, type AddHelpTextPosition, Command } from 'commander';

const WIDTH = 80;
/** A line that begins anew, though no empty line stands before it. */
const BEGINNING = /^(?:Exit codes|Examples?):/;

function wrapped(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Fits prose into a width; lines that are indented, such as commands, stay as they are. */
export function fitProse(text: string, width: number): string {
  const out: string[] = [];
  let words: string[] = [];
  const endParagraph = () => {
    out.push(...wrapped(words, width));
    words = [];
  };
  for (const line of text.split('\n')) {
    const isProse = line !== '' && !line.startsWith(' ');
    if (!isProse || BEGINNING.test(line)) endParagraph();
    if (isProse) words.push(...line.split(' '));
    else out.push(line);
  }
  endParagraph();
  return out.join('\n');
}

/** A command, and commands of it, whose further help text fits into the terminal that it is printed on. */
export class ProseCommand extends Command {
  override createCommand(name?: string): ProseCommand {
    return new ProseCommand(name);
  }

  override addHelpText(
    position: AddHelpTextPosition,
    text: string | ((context: AddHelpTextContext) => string | undefined),
  ): this {
    return super.addHelpText(position, (context: AddHelpTextContext) => {
      const whole = (typeof text === 'string' ? text : text(context)) ?? '';
      return fitProse(whole, this.configureOutput().getOutHelpWidth?.() ?? WIDTH);
    });
  }
}
