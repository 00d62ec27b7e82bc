// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { CliError } from '../cli-error.ts';

const STOP_MS = 5_000;

export interface ConnectorChildOptions {
  /** The command line after `countersign`. */
  readonly args: readonly string[];
  readonly logFile: string;
  /** Called when it ends by itself. */
  readonly onExit: (code: number | null) => void;
}

/** The connector as a process of its own, as it is in production; it ends with this process, however that ends. */
export interface ConnectorChild {
  stop(): Promise<void>;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(timer);
}

export function startConnectorChild({ args, logFile, onExit }: ConnectorChildOptions): ConnectorChild {
  const script = process.argv[1];
  if (script === undefined) throw new CliError(1, 'the connector can be started from the command line only');
  const log = openSync(logFile, 'a', 0o600);
  let stopping = false;
  // The channel closes when this process ends; the connector takes that as its own end. A Ctrl-C is for this process
  // alone, in whose order things end.
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', log, log, 'ipc'], detached: true });
  child.once('exit', (code) => {
    if (!stopping) onExit(code);
  });
  return {
    stop() {
      stopping = true;
      return end(child);
    },
  };
}
