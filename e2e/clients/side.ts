// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { eventually } from '../installation/eventually.ts';
import { type ClientCommand, ClientProcess, type ClientResult } from './client-process.ts';
import type { Client, Row, Step } from './row.ts';
import { runInTerminal } from './run-in-terminal.ts';

/** The program of each client, and what its first arguments are. */
export type Programs = Readonly<Partial<Record<Client, readonly [program: string, ...args: string[]]>>>;

/** In which the watches that begin after it have begun, and what it tells of is done: a client starts for each of them. */
const SAYS_MS = 120_000;

/** One of the two ways to the API server. */
export interface SideParts {
  /** The namespace in which rows under an id run. */
  readonly namespaceOf: (id: string) => string;
  /** Where its clients run and what they learn is kept. */
  readonly dir: string;
  readonly kubeconfig: string;
  /** How many watches of a namespace the API server has answered so far. */
  readonly watchesOf: (namespace: string) => Promise<number>;
}

/** All that a row gave on one side: results of its steps, and the files that it made. */
export interface RowResult {
  readonly steps: readonly ClientResult[];
  readonly files: Readonly<Record<string, string>>;
}

/** Runs rows on one side. */
export class Side {
  readonly #parts: SideParts;

  constructor(parts: SideParts) {
    this.#parts = parts;
  }

  namespace(id: string): string {
    return this.#parts.namespaceOf(id);
  }

  /** Runs the steps of a row one after the other in the namespace of `id`. */
  async run(row: Row, id: string, programs: Programs): Promise<RowResult> {
    const cwd = join(this.#parts.dir, `${id} ${row.name}`.replace(/\W+/g, '-'));
    const namespace = this.namespace(id);
    const here = (text: string) => text.replaceAll('NAMESPACE', namespace);
    await mkdir(cwd, { recursive: true });
    for (const [name, content] of Object.entries(row.files ?? {})) {
      await mkdir(dirname(join(cwd, name)), { recursive: true });
      await writeFile(join(cwd, name), here(typeof content === 'string' ? content : JSON.stringify(content)));
    }
    const commandOf = (args: readonly string[]): ClientCommand => {
      const [program = row.program, ...first] = programs[row.program] ?? [];
      const env = this.#environment(program, row.env);
      return { program, args: [...first, '--namespace', namespace, ...args.map(here)], cwd, env, input: row };
    };
    const begun: Begun[] = [];
    for (const step of row.steps) begun.push(await this.#begin(step, commandOf, namespace));
    return {
      steps: await Promise.all(begun.map(({ result }) => result)),
      files: await filesIn(cwd, Object.keys(row.files ?? {})),
    };
  }

  /** Runs a step to its end; one that watches is left to itself once it does. */
  async #begin(step: Step, commandOf: (args: readonly string[]) => ClientCommand, namespace: string): Promise<Begun> {
    const start = (args: readonly string[]) => new ClientProcess(commandOf(args));
    if (!('watch' in step)) {
      const inTerminal = 'terminal' in step;
      const result = inTerminal ? await runInTerminal(commandOf(step.terminal), step.acts) : await start(step).result();
      return { result: Promise.resolve(result) };
    }
    const before = await this.#parts.watchesOf(namespace);
    const watching = start(step.watch);
    const hasBegun = async () => step.polls || (await this.#parts.watchesOf(namespace)) > before;
    await eventually('the watch has begun', hasBegun);
    const { until } = step;
    if (until === undefined) return { result: watching.result() };
    const said = eventually(`the watch says ${until}`, () => until.test(watching.stdout), undefined, SAYS_MS);
    return { result: said.then(() => watching.stop()) };
  }

  #environment(program: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const { dir, kubeconfig } = this.#parts;
    // What a client learns of the API it keeps by server; clients of different ages keep it in different forms.
    const KUBECACHEDIR = join(dir, 'cache', program.replace(/\W+/g, '-'));
    return { PATH: process.env.PATH, HOME: dir, KUBECONFIG: kubeconfig, KUBECACHEDIR, ...more };
  }
}

/** A step that has got as far as the next one may begin. */
interface Begun {
  readonly result: Promise<ClientResult>;
}

/** The files that lie in a directory by now, but for those that were `given`. */
async function filesIn(dir: string, given: readonly string[]): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
  const made = paths.filter((path) => !given.includes(path)).toSorted();
  return Object.fromEntries(
    await Promise.all(made.map(async (path) => [path, await readFile(join(dir, path), 'utf8')])),
  );
}
