// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { BenchError } from '../bench-error.ts';

const STOP_MS = 15_000;

/** A process of the set-up. It ends with the bench, however that ends, as long as the bench can still run its exit handlers. */
export class Child implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly #name: string;
  readonly #logFile: string;
  readonly #exited: Promise<unknown>;
  readonly #killAtExit = () => this.process.kill('SIGKILL');

  /** Standard error goes to the file; so does standard output, unless `stdout` is `pipe`. */
  constructor(
    name: string,
    command: string,
    args: readonly string[],
    options: { readonly logFile: string; readonly stdout?: 'pipe'; readonly stdin?: 'pipe' },
  ) {
    this.#name = name;
    this.#logFile = options.logFile;
    const log = openSync(options.logFile, 'a', 0o600);
    // A connector takes the end of the channel as its own; the proxy that of its input.
    const channel = options.stdin === undefined ? (['ipc'] as const) : [];
    this.process = spawn(command, args, { stdio: [options.stdin ?? 'ignore', options.stdout ?? log, log, ...channel] });
    closeSync(log);
    this.#exited = once(this.process, 'exit').catch(() => undefined);
    process.once('exit', this.#killAtExit);
  }

  get pid(): number {
    if (this.process.pid === undefined) throw this.#error('did not start');
    return this.process.pid;
  }

  /** Resolves to the exit code; null after a signal. */
  async ended(): Promise<number | null> {
    await this.#exited;
    return this.process.exitCode;
  }

  /** Resolves as `ready` does; rejects with the end of what it wrote if it ends first. */
  async until<T>(ready: Promise<T>): Promise<T> {
    const ended = this.#exited.then(() => {
      throw this.#error(`ended with code ${this.process.exitCode ?? this.process.signalCode}`);
    });
    return Promise.race([ready, ended]);
  }

  /** SIGTERM, and SIGKILL when that does not help within 15 s. */
  async [Symbol.asyncDispose](): Promise<void> {
    process.removeListener('exit', this.#killAtExit);
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #error(what: string): BenchError {
    const said = readFileSync(this.#logFile, 'utf8').split('\n').slice(-12).join('\n');
    return new BenchError('ERR_BENCH_PROCESS', `${this.#name} ${what}; it said last:\n${said}`);
  }
}
