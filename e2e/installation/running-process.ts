// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const WAIT_MS = 60_000;
const STOP_MS = 20_000;

/** What a process writes, line by line, as it comes. */
export class Lines {
  readonly all: string[] = [];
  readonly #bell = new EventEmitter();

  constructor(source: Readable) {
    const reader = createInterface({ input: source });
    reader.on('line', (line) => {
      this.all.push(line);
      this.#bell.emit('line');
    });
    reader.on('close', () => this.#bell.emit('line'));
    // Of a source that breaks off, what it is of tells.
    reader.on('error', () => this.#bell.emit('line'));
  }

  /** The first line, past or to come, that fits; fails after a minute with all that came. */
  async find(fits: (line: string) => boolean): Promise<string> {
    const signal = AbortSignal.timeout(WAIT_MS);
    for (;;) {
      const found = this.all.find(fits);
      if (found !== undefined) return found;
      await once(this.#bell, 'line', { signal }).catch(() =>
        assert.fail(`no such line within ${WAIT_MS / 1_000} s:\n${this.all.join('\n')}`),
      );
    }
  }
}

/** Waits for the end of its input, which is that of whoever holds the other end, and kills a process. */
const REAPER = 'read -r _; kill -KILL "$1"';

/**
 * Kills a process as soon as this one ends, however that ends; returns how to let go of it. It stands apart, so that what
 * kills a whole test run does not kill it before.
 */
function reapWithMe(pid: number): () => void {
  const reaper = spawn('/bin/sh', ['-c', REAPER, 'sh', `${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  reaper.unref();
  const { stdin } = reaper;
  if (stdin && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return () => reaper.kill('SIGKILL');
}

/** Whom a process runs as. */
export interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** A process that a test has started. It is killed, if it still runs, when the test's own process ends, killed or not. */
export class RunningProcess {
  readonly child: ChildProcess;
  readonly stdout: Lines;
  readonly stderr: Lines;
  /** The exit code; null after a signal. */
  readonly exited: Promise<number | null>;
  /**
   * With an input of `pipe` its standard input stays open for as long as the test's process lives. `owner` is whom it runs
   * as, where that is somebody else.
   */
  constructor(
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = process.env,
    input: 'ignore' | 'pipe' = 'ignore',
    owner: Owner = {},
  ) {
    // The channel closes with the test's process, which a connector takes as its own end.
    this.child = spawn(command, args, { env, stdio: [input, 'pipe', 'pipe', 'ipc'], ...owner });
    this.stdout = new Lines(this.child.stdout as Readable);
    this.stderr = new Lines(this.child.stderr as Readable);
    if (this.child.pid !== undefined) this.child.once('exit', reapWithMe(this.child.pid));
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
  }

  get pid(): number {
    return this.child.pid ?? assert.fail('the process did not start');
  }

  /** Everything that it wrote so far. */
  get output(): string {
    return [...this.stdout.all, ...this.stderr.all].join('\n');
  }

  /** Ends it with SIGTERM, and with SIGKILL when that does not help within 20 s; resolves to the exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
