// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OF_NPM_AND_RUNNER =
  /^(?:INIT_CWD|NODE|NODE_TEST_CONTEXT|npm_(?:command|execpath|node_execpath|lifecycle|package).*|npm_config_local_prefix)$/;

/** The line that ends start-up. */
export interface Ready {
  readonly clusters: readonly { readonly name: string; readonly server: string }[];
  readonly kubeconfigs: { readonly agent: string; readonly direct: string };
  readonly evidence: { readonly dir: string; readonly trust: string };
  readonly control: string;
  readonly console: string;
}

/** One line that it prints, of which a test knows what it looks at. */
export type PrintedEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** This environment without what npm and the test runner have put into it. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !OF_NPM_AND_RUNNER.test(name));
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) };
}

/** Command lines of the processes, and mounts, that name a path below the folder. */
export async function leftovers(folder: string): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'args=']);
  const mounts = process.platform === 'linux' ? await readFile('/proc/self/mounts', 'utf8') : '';
  return [...stdout.split('\n'), ...mounts.split('\n')].filter((line) => line.includes(folder));
}

interface Said {
  readonly complaints: string;
  readonly events: readonly PrintedEvent[];
  readonly ready: Ready;
}

/** `up -o json` that is ready, run as in a terminal: in a process group of its own, which is what Ctrl-C is sent to. */
export class RunningUp {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  /** What it wrote to standard error until it was ready. */
  readonly complaints: string;
  /** What it printed until it was ready, that line included. */
  readonly events: readonly PrintedEvent[];
  readonly ready: Ready;

  private constructor(child: ChildProcess, exited: Promise<unknown[]>, said: Said) {
    this.#child = child;
    this.#exited = exited;
    this.complaints = said.complaints;
    this.events = said.events;
    this.ready = said.ready;
  }

  /** Resolves when it says that it is ready, and fails, with what it wrote to standard error, when it ends before. */
  static async start(command: string, args: readonly string[], cwd: string): Promise<RunningUp> {
    const child = spawn(command, args, {
      cwd,
      env: plainEnvironment(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => interrupt(child));
    const exited = once(child, 'exit');
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    const events: PrintedEvent[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line);
      events.push(event);
      if (event.event === 'ready') return new RunningUp(child, exited, { complaints, events, ready: event });
    }
    return assert.fail(`it ended before it was ready:\n${complaints}`);
  }

  /** Ctrl-C; resolves to the exit code. */
  async stop(): Promise<unknown> {
    interrupt(this.#child);
    const [code] = await this.#exited;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function interrupt({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGINT');
}
