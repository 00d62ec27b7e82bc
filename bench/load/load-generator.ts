// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../bench-error.ts';
import type { Held, HoldCall, LoadAnswer, LoadCall, Measured, Read } from './load-call.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A process that sends requests. It ends with the bench. */
export class LoadGenerator implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor() {
    this.#child = fork(MAIN, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#exited = once(this.#child, 'exit');
  }

  measure(call: Omit<Extract<LoadCall, { kind: 'measure' }>, 'kind'>): Promise<Measured | { why: string }> {
    return this.#ask({ kind: 'measure', ...call });
  }

  read(call: Omit<Extract<LoadCall, { kind: 'read' }>, 'kind'>): Promise<Read | { why: string }> {
    return this.#ask({ kind: 'read', ...call });
  }

  hold(call: Omit<HoldCall, 'kind'>): Promise<Held | { why: string }> {
    return this.#ask({ kind: 'hold', ...call });
  }

  /** How many of the held streams were still open. */
  letGo(): Promise<Held | { why: string }> {
    return this.#ask({ kind: 'let-go' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
  }

  async #ask<T extends LoadAnswer>(call: LoadCall): Promise<T | { why: string }> {
    const answered = once(this.#child, 'message');
    this.#child.send(call);
    const ended = this.#exited.then(() => {
      throw new BenchError('ERR_BENCH_PROCESS', 'the load generator ended');
    });
    const [answer] = (await Promise.race([answered, ended])) as [T | { kind: 'failed'; why: string }];
    return answer as T | { why: string };
  }
}
