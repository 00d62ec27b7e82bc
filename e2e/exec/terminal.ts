// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { eventually } from '../installation/eventually.ts';

/** Whether this machine can give a program a terminal: `script` of util-linux does. */
export const terminalSupport = spawnSync('script', ['--version']).status === 0 ? {} : { unavailable: 'no script(1)' };

export interface TerminalOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly columns: number;
  readonly rows: number;
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** A program in a terminal of its own: keys go in, and what a person would see comes out. */
export class Terminal {
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  /** What the system calls it, once its program begins. */
  readonly #device: Promise<string>;
  readonly #shown: Buffer[] = [];
  readonly #killAtExit = () => this.#child.kill();

  constructor({ command, args, env = process.env, cwd, columns, rows }: TerminalOptions) {
    const line = [command, ...args].map(quoted).join(' ');
    // What is typed before the program has set its terminal up is not echoed, as it would be at some times and not at others.
    const run = `stty -echo rows ${rows} cols ${columns}; tty >&3; exec 3>&-; exec ${line}`;
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', run, '/dev/null'], {
      env,
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdin?.on('error', () => {});
    const read = (source: Readable | null) => source?.on('data', (bytes: Buffer) => this.#shown.push(bytes));
    read(child.stdout);
    read(child.stderr);
    this.#device = once(child.stdio[3] as Readable, 'data').then(([name]) => String(name).trim());
    // Of one that never began nobody asks.
    this.#device.catch(() => {});
    process.once('exit', this.#killAtExit);
    this.exited = new Promise((resolve) =>
      child.once('close', (code) => {
        process.removeListener('exit', this.#killAtExit);
        resolve(code);
      }),
    );
  }

  /** Resolves once its program begins, behind which nothing that is typed is echoed but by what runs in it. */
  async begun(): Promise<void> {
    await this.#device;
  }

  /** Everything that it showed so far. */
  get shown(): string {
    return Buffer.concat(this.#shown).toString();
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Gives its window another size, of which its program is told. */
  async resize(columns: number, rows: number): Promise<void> {
    await promisify(execFile)('stty', ['-F', await this.#device, 'rows', `${rows}`, 'cols', `${columns}`]);
  }

  /** Closes it, whatever runs in it. */
  close(): void {
    this.#child.kill();
  }

  async shows(text: string): Promise<void> {
    await eventually(`the terminal shows ${JSON.stringify(text)}`, async () => this.shown.includes(text));
  }
}
