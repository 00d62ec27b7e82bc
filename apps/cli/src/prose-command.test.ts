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

test('no prose of any help is wider than a terminal of 80 columns', () => {
  let printed = '';
  const output = {
    writeOut: (text: string) => {
      printed += text;
    },
    getOutHelpWidth: () => 80,
  };
  const program = createProgram({ output });
  const help = (command: Command) => {
    command.outputHelp();
    for (const inner of command.commands) help(inner);
  };
  help(program);
  const wide = printed.split('\n').filter((line) => line.length > 80 && !line.startsWith('  '));
  assert.deepEqual(wide, []);
  assert.ok(printed.split('\n').length > 400);
});
