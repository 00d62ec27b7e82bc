// SPDX-License-Identifier: Apache-2.0
// What the pages show must exist: verbs, flags, npm scripts, files, headings.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { faults } from '@countersign/gateway';
import { createProgram } from 'countersign';
import {
  type Document,
  inlineCommands,
  linkProblems,
  readDocuments,
  type ShownCommand,
  shellCommands,
  statusProblems,
  unnamedFolders,
} from './documents.ts';
import { root } from './run-step.ts';

type Program = ReturnType<typeof createProgram>;

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What is typed after `countersign`; undefined where another program is called. */
function argumentsOf({ words }: ShownCommand): readonly string[] | undefined {
  const rest = words[0] === 'npx' ? words.slice(1) : words;
  return rest[0] === 'countersign' ? rest.slice(1) : undefined;
}

/** The command line itself, with actions that do nothing. */
function inertProgram(): Program {
  const program = createProgram({
    output: { writeOut: () => {}, writeErr: () => {} },
    onExit: (error) => {
      throw error;
    },
  });
  const still = (command: Program): void => {
    if (command.commands.length === 0) command.action(() => {});
    else for (const inner of command.commands) still(inner);
  };
  still(program);
  return program;
}

async function parseProblem(args: readonly string[]): Promise<string | undefined> {
  try {
    await inertProgram().parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    const { exitCode, message } = error as Error & { exitCode?: number };
    return exitCode === 0 ? undefined : message;
  }
}

/** Of a command in running text only what it names: words in capitals stand for something, the rest may be left out. */
function namingProblem(args: readonly string[]): string | undefined {
  let command: Program = inertProgram();
  const rest = [...args];
  while (command.commands.length > 0 && rest.length > 0 && !/^[-A-Z{…]/.test(rest[0] ?? '')) {
    const next = command.commands.find((inner) => inner.name() === rest[0]);
    if (!next) return `unknown command '${rest[0]}'`;
    command = next;
    rest.shift();
  }
  const flags = new Set(['--help', '-h', '--version', '-V']);
  for (const { long, short } of command.options) for (const flag of [long, short]) if (flag) flags.add(flag);
  const unknown = rest.find((word) => /^--?[a-z]/i.test(word) && !flags.has(word));
  return unknown === undefined ? undefined : `unknown option '${unknown}'`;
}

/** Every command of a page that the command line, or package.json, doesn't know. */
async function commandProblems(document: Document): Promise<string[]> {
  const problems: string[] = [];
  const say = ({ path, line }: ShownCommand, problem: string | undefined): void => {
    if (problem !== undefined) problems.push(`${path}: ${line}: ${problem}`);
  };
  const typed = shellCommands(document);
  const named = inlineCommands(document);
  for (const command of typed) {
    const args = argumentsOf(command);
    if (args) say(command, await parseProblem(args));
  }
  for (const command of named) {
    const args = argumentsOf(command);
    if (args) say(command, namingProblem(args));
  }
  for (const command of [...typed, ...named]) {
    const [npm, verb = '', script = ''] = command.words;
    const name = verb === 'run' ? script : verb;
    if (npm === 'npm' && ['run', 'start', 'test'].includes(verb) && !Object.hasOwn(scripts, name))
      say(command, `package.json has no script '${name}'`);
  }
  return problems;
}

describe('pages', () => {
  const documents = readDocuments(root);

  it('show commands that the command line takes as they stand', async () => {
    const problems = await Promise.all(documents.map(commandProblems));
    assert.deepEqual(problems.flat(), []);
  });

  it('link to files and headings that are there', () => {
    assert.deepEqual(linkProblems(documents, root), []);
  });

  it('tell every fault by which an exchange can end, and no other', () => {
    const page = readFileSync(join(root, 'docs/concepts/life-of-a-request.md'), 'utf8');
    const told = new Set(page.match(/\bERR_[A-Z_]+\b/g));
    assert.deepEqual([...told].sort(), Object.keys(faults).sort());
  });

  it('show the statuses by which each stage ends an exchange', () => {
    const page = readFileSync(join(root, 'docs/concepts/life-of-a-request.md'), 'utf8');
    const statuses = new Map<string, number>(Object.entries(faults).map(([code, { status }]) => [code, status]));
    assert.deepEqual(
      statusProblems(page, (code) => statuses.get(code)),
      [],
    );
    assert.match(page, /^ gather \.+ .* 413 /m);
  });

  it('say what each folder of the gateway holds', () => {
    const entries = readdirSync(join(root, 'apps/gateway/src'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    assert.deepEqual(unnamedFolders(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'), folders), []);
  });

  it('show enough for that to mean something', () => {
    const commands = documents.flatMap((document) => [...shellCommands(document), ...inlineCommands(document)]);
    assert.ok(commands.filter((command) => argumentsOf(command)).length > 40);
    assert.ok(documents.some(({ path }) => path === 'README.md'));
  });
});

describe('planted failures', () => {
  const problemsOf = (text: string) => commandProblems({ path: 'planted.md', text });
  const fenced = (line: string) => `\`\`\`sh\n${line}\n\`\`\`\n`;

  for (const [what, line, found] of [
    ['an unknown verb', 'countersign evidence prove DIR', /unknown command/],
    ['an unknown flag', 'npx countersign config check FILE --lenient', /unknown option/],
    ['a flag that is missing', 'countersign evidence verify DIR', /required option '--trust/],
    ['an argument that is missing', 'countersign policy check | head', /missing required argument/],
    ['a second line of a command', 'countersign config check FILE \\\n  --lenient', /unknown option/],
    ['a script that is not there', 'npm run magic', /no script 'magic'/],
  ] as const) {
    it(`${what} is told`, async () => {
      const problems = await problemsOf(fenced(line));
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', found);
    });
  }

  it('so it is in running text', async () => {
    assert.equal((await problemsOf('Run `countersign evidence prove` first.')).length, 1);
    assert.equal((await problemsOf('Run `countersign evidence verify --lenient` first.')).length, 1);
    assert.equal((await problemsOf('Run `npm run magic` first.')).length, 1);
  });

  it('commands that are right, help, pipes and output are not', async () => {
    const right = 'npx countersign evidence verify DIR --trust FILE | tail -1 # all of it\ncountersign up --help';
    assert.deepEqual(await problemsOf(fenced(right)), []);
    assert.deepEqual(await problemsOf('```text\ncountersign nonsense\n```\nSee `countersign evidence verify`.'), []);
  });

  it('a folder that no line names is told', () => {
    const page = '| folder | holds |\n| `data/` | x |\n| `sessions/`, `streams/` | y |\nand `other/` in a sentence';
    assert.deepEqual(unnamedFolders(page, ['data', 'streams', 'other', 'log']), ['other', 'log']);
  });

  it('a stage that shows other statuses than its ways out is told', () => {
    const page = ' look ... the object    403 502\n mask ... values\n send ... it    503\n';
    const table = '| look | `ERR_A`, `ERR_B`: why |\n| mask | `ERR_A` |\n| send | `ERR_B` |\n';
    const statusOf = (code: string) => ({ ERR_A: 403, ERR_B: 503 })[code];
    assert.deepEqual(statusProblems(page + table, statusOf), [
      'look shows 403 502, its ways out are 403 503',
      'mask shows no status, its ways out are 403',
    ]);
  });

  it('links to no file and to no heading are told', () => {
    const text = '# A page\n[a](README.md) [b](nowhere.md) [c](#a-page) [d](#b-page) [e](https://example.com/x)';
    assert.deepEqual(linkProblems([{ path: 'planted.md', text }], root), [
      'planted.md links to nowhere.md, which is not there',
      'planted.md links to #b-page, which has no such heading',
    ]);
  });
});
