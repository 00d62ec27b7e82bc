// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { eventually } from '../installation/eventually.ts';

/** Whether this machine can give a program a terminal: `script` of util-linux does. */
export const terminalSupport = spawnSync('script', ['--version']).status === 0 ? {} : { unavailable: 'no script(1)' };

export interface TerminalOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly columns: number;
  readonly rows: number;
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** A program in a terminal of its own: keys go in, and what a person would see comes out. */
export class Terminal {
  readonly exited: Promise<number | null>;
  readonly #type: (keys: string) => void;
  readonly #shown: Buffer[] = [];

  constructor({ command, args, env = process.env, columns, rows }: TerminalOptions) {
    const line = [command, ...args].map(quoted).join(' ');
    const run = `stty rows ${rows} cols ${columns}; exec ${line}`;
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', run, '/dev/null'], { env });
    child.stdin.on('error', () => {});
    this.#type = (keys) => child.stdin.write(keys);
    const read = (source: Readable) => source.on('data', (bytes: Buffer) => this.#shown.push(bytes));
    read(child.stdout);
    read(child.stderr);
    this.exited = new Promise((resolve) => child.once('close', resolve));
  }

  /** Everything that it showed so far. */
  get shown(): string {
    return Buffer.concat(this.#shown).toString();
  }

  type(keys: string): void {
    this.#type(keys);
  }

  async shows(text: string): Promise<void> {
    await eventually(`the terminal shows ${JSON.stringify(text)}`, async () => this.shown.includes(text));
  }
}
