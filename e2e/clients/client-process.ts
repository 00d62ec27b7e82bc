// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const WAIT_MS = 120_000;

/** What a client wrote, byte by byte, and how it ended; null after a signal. */
export interface ClientResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClientCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Its standard input, and whether that stays open; default: none. */
  readonly input?: { readonly stdin?: string; readonly keepsStdin?: true };
}

/** A client of somebody else's making that runs. */
export class ClientProcess {
  readonly #child: ChildProcess;
  readonly #chunks: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = { stdout: [], stderr: [] };
  readonly #closed: Promise<number | null>;
  readonly #killAtExit = () => this.#child.kill('SIGKILL');

  constructor({ program, args, cwd, env, input: { stdin, keepsStdin } = {} }: ClientCommand) {
    const input = stdin === undefined ? 'ignore' : 'pipe';
    this.#child = spawn(program, args, { cwd, env, stdio: [input, 'pipe', 'pipe'] });
    // A client that ends before it has read all of its input is none of our business.
    this.#child.stdin?.on('error', () => {});
    if (keepsStdin) this.#child.stdin?.write(stdin ?? '');
    else this.#child.stdin?.end(stdin);
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#chunks.stdout.push(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#chunks.stderr.push(chunk));
    process.once('exit', this.#killAtExit);
    this.#closed = once(this.#child, 'close').then(([code]) => {
      process.removeListener('exit', this.#killAtExit);
      return code as number | null;
    });
  }

  get stdout(): string {
    return Buffer.concat(this.#chunks.stdout).toString('utf8');
  }

  /** Waits for its own end; ends it after two minutes, which shows as code null. */
  async result(): Promise<ClientResult> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), WAIT_MS);
    const code = await this.#closed;
    clearTimeout(timer);
    return { code, stdout: this.stdout, stderr: Buffer.concat(this.#chunks.stderr).toString('utf8') };
  }

  /** kill -9. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends one that would go on for ever. */
  async stop(): Promise<ClientResult> {
    this.#child.kill('SIGTERM');
    return this.result();
  }
}
