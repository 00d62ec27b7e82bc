// SPDX-License-Identifier: Apache-2.0
import { createProgram } from 'countersign';
import type { GeneratedFile } from './generated-file.ts';

const WIDTH = 100;

type Program = ReturnType<typeof createProgram>;

function withWords(command: Program, path: readonly string[]): [path: readonly string[], command: Program][] {
  const here = [...path, command.name()];
  const inner = [...command.commands].sort((a, b) => (a.name() < b.name() ? -1 : 1));
  return [[here, command], ...inner.flatMap((one) => withWords(one, here))];
}

/** The reference page of the command line: what `--help` says of each command. */
export function cliReference(): GeneratedFile {
  let printed = '';
  const program = createProgram({
    output: {
      writeOut: (text) => {
        printed += text;
      },
      getOutHelpWidth: () => WIDTH,
      getOutHasColors: () => false,
    },
  });
  const helpOf = (command: Program): string => {
    printed = '';
    command.outputHelp();
    return printed.trimEnd();
  };
  const sections = withWords(program, []).map(
    ([path, command]) => `## ${path.join(' ')}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`,
  );
  const text = [
    '<!-- Generated from apps/cli/src/program.ts by `npm run generate`. -->',
    '# The command line',
    '',
    'In a clone, `npx countersign …` runs it. `-o json` prints for programs wherever something is listed, shown or checked. Exit codes are 0 done, 1 failed or refused, 2 something is missing, 3 wrong usage; what that means for a command stands in its help.',
    '',
    ...sections,
  ].join('\n');
  return { path: 'docs/reference/cli.md', text };
}
