// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from 'commander';
import { createProgram } from './program.ts';
import { fitProse } from './prose-command.ts';

test('prose is fitted into a width, paragraph by paragraph; commands stay as they are', () => {
  const text = [
    '',
    'Examples:',
    '  countersign up   with a comment that is long',
    '',
    'One sentence that',
    'goes on, and on.',
    'Exit codes: 0 done.',
  ].join('\n');
  assert.equal(
    fitProse(text, 20),
    [
      '',
      'Examples:',
      '  countersign up   with a comment that is long',
      '',
      'One sentence that',
      'goes on, and on.',
      'Exit codes: 0 done.',
    ].join('\n'),
  );
  assert.equal(fitProse('One two three four', 9), 'One two\nthree\nfour');
  assert.equal(fitProse('One two\nthree four', 80), 'One two three four');
});

/** The help of every command there is, on a terminal of that many columns. */
function everyHelp(columns: number): readonly string[] {
  let printed = '';
  const output = {
    writeOut: (text: string) => {
      printed += text;
    },
    getOutHelpWidth: () => columns,
  };
  const program = createProgram({ output });
  const help = (command: Command) => {
    command.outputHelp();
    for (const inner of command.commands) help(inner);
  };
  help(program);
  return printed.split('\n');
}

for (const columns of [60, 80]) {
  test(`no prose of any help is wider than a terminal of ${columns} columns`, () => {
    const lines = everyHelp(columns);
    assert.deepEqual(
      lines.filter((line) => line.length > columns && !/^(?: {2}|Usage: )/.test(line)),
      [],
    );
    assert.ok(lines.length > 400);
  });
}

test('what stands beside a command, an argument or an option is wrapped on a terminal of 70 columns', () => {
  const listed = /^ {2}(?:-|\S+(?: \[options\])?(?: [<[]\S+[>\]])* {2,})/;
  const lines = everyHelp(70).filter((line) => listed.test(line) && !line.startsWith('  countersign'));
  assert.deepEqual(
    lines.filter((line) => line.length > 70),
    [],
  );
  assert.ok(lines.length > 100);
});
