// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
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

/** Whether a shell is on this machine; its name where it is not, so that a test that can't run says so. */
function missing(shell: string): string | false {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0 ? false : `there is no ${shell} on this machine`;
}

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const ENVIRONMENT = { PATH: process.env.PATH, NODE: process.execPath, MAIN, LC_ALL: 'C.UTF-8' };

/** What a shell prints that runs a script, of which nothing is an error. */
function printed(
  shell: string,
  flags: readonly string[],
  script: string,
  ...args: readonly string[]
): readonly string[] {
  const env = { ...ENVIRONMENT, HOME: tmpdir() };
  const { stdout, stderr } = spawnSync(shell, [...flags, '-c', script, ...args], { env, encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.trim().split('\n');
}

test('zsh completes by its script', { skip: missing('zsh') }, () => {
  // What completes belongs to zsh's line editor: what it is given is printed instead.
  const script = [
    'countersign() { "$NODE" "$MAIN" "$@" }',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is zsh's
    'compdef() { print -r -- "$@" }; _files() { print files }; _describe() { print -rl -- "${(@P)2}" }',
    'source <(countersign completion zsh)',
    'words=(countersign "$@"); CURRENT=$#words',
    '_countersign || print nothing',
  ].join('\n');
  const complete = (...words: readonly string[]) => printed('zsh', ['-f'], script, 'zsh', ...words);
  const [defined, ...offered] = complete('approvals', 'w');
  assert.equal(defined, '_countersign countersign');
  assert.deepEqual(
    offered.map((line) => line.split(':')[0]),
    ['watch', 'withdraw'],
  );
  assert.deepEqual(complete('approvals', 'list', '--token-file', '').slice(1), ['files']);
  assert.deepEqual(complete('approvals', 'show', '').slice(1), ['nothing']);
});

test('fish completes by its script', { skip: missing('fish') }, () => {
  const script = [
    'function countersign; $NODE $MAIN $argv; end',
    'countersign completion fish | source',
    'complete -C "countersign $argv"',
  ].join('\n');
  const complete = (line: string) =>
    printed('fish', ['--no-config'], script, line).map((offered) => offered.split('\t')[0]);
  assert.deepEqual(complete('approvals w'), ['watch', 'withdraw']);
  assert.deepEqual(complete('approvals list --output '), ['json', 'text']);
  assert.deepEqual(complete('approvals show '), ['']);
});
