// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command-fixture.ts';
import { completionOf } from './completion/candidates.ts';
import { createProgram } from './program.ts';

const program = createProgram();

/** What may stand for the last word of a line. */
function wordsFor(...words: readonly string[]) {
  const found = completionOf(program, words);
  return typeof found === 'string' ? found : found.map(({ word }) => word);
}

test('every command of ours can be completed, and so can its own', () => {
  for (const command of program.commands) {
    assert.ok(wordsFor('').includes(command.name()));
    for (const inner of command.commands) {
      const name = inner.name();
      assert.ok(wordsFor(command.name(), name.slice(0, 2)).includes(name), name);
      const options = wordsFor(command.name(), name, '--');
      for (const { long, hidden } of inner.options)
        assert.equal(options.includes(long ?? ''), !hidden, `${command.name()} ${name} ${long}`);
    }
  }
});

test('a word begins with what is typed', () => {
  assert.deepEqual(wordsFor('approvals', 'w'), ['watch', 'withdraw']);
  assert.deepEqual(wordsFor('approvals', 'list', '--al'), ['--all']);
  assert.deepEqual(wordsFor('nothing', ''), []);
});

test('values of options and arguments that have a list of them are completed', () => {
  assert.deepEqual(wordsFor('approvals', 'list', '-o', ''), ['text', 'json']);
  assert.deepEqual(wordsFor('approvals', 'list', '--output', 'j'), ['json']);
  assert.deepEqual(wordsFor('approvals', 'list', '--output=j'), ['--output=json']);
  assert.deepEqual(wordsFor('approvals', 'list', '--output', '=', 'j'), ['json'], 'as bash parts it');
  assert.deepEqual(wordsFor('approvals', 'list', '--output', '='), ['text', 'json']);
  assert.deepEqual(wordsFor('lock', 'o'), ['owner']);
  assert.deepEqual(wordsFor('completion', ''), ['bash', 'zsh', 'fish']);
});

test('files are left to the shell, and what nobody can know is said to be so', () => {
  assert.equal(wordsFor('approvals', 'list', '--token-file', ''), 'files');
  assert.equal(wordsFor('approvals', 'list', '--token-file=x'), 'files');
  assert.equal(wordsFor('evidence', 'verify', ''), 'files');
  assert.equal(wordsFor('approvals', 'list', '--control', ''), 'unknown');
  assert.equal(wordsFor('approvals', 'show', ''), 'unknown');
  assert.equal(wordsFor('approvals', 'show', '--', '--all'), 'unknown', 'behind -- nothing is an option');
  assert.deepEqual(wordsFor('approvals', 'show', 'one', ''), []);
});

test('a script is printed for each shell, and for no other', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out, exitCode } = await runCommand('completion', shell);
    assert.equal(exitCode, 0);
    assert.match(out, new RegExp(`completion ${shell} --candidates -- `));
  }
  assert.equal((await runCommand('completion', 'tcsh')).exitCode, 3);
});

test('bash completes by its script', () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const complete = (...words: readonly string[]) => {
    const script = [
      'countersign() { "$NODE" "$MAIN" "$@"; }',
      'source <(countersign completion bash)',
      'COMP_WORDS=(countersign "$@"); COMP_CWORD=$#',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's
      '_countersign; printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const env = { PATH: process.env.PATH, NODE: process.execPath, MAIN: main };
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', ...words], { env, encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout.trim().split('\n');
  };
  assert.deepEqual(complete('approvals', 'w'), ['watch', 'withdraw']);
  assert.deepEqual(complete('approvals', 'list', '--token-file', ''), ['']);
});
