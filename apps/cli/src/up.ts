// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { runVerb } from './run-verb.ts';
import type { Output } from './up/print-up.ts';
import type { Up } from './up/start-up.ts';
import type { UpEvent } from './up/up-event.ts';

interface UpCommandOptions {
  readonly dir: string;
  readonly output: 'text' | 'json';
  readonly context?: string;
  readonly kubeconfig?: string;
}

const EXAMPLES = `
Examples:
  countersign up                          with a cluster of its own, built at the first start
  countersign up -o json                  one JSON object a line; {"event":"ready",…} ends start-up
  countersign up --context staging        with a cluster of yours; first prints the RBAC that it needs

Exit codes: 0 stopped by Ctrl-C or with the reader of its output, 1 something failed, 2 the context can't be found or used, 3 wrong usage.`;

/** Aborted by the first Ctrl-C, by being told to end, and when nobody reads the output any more. */
function interruption(): AbortSignal {
  const stopping = new AbortController();
  // `on`, not `once`: a terminal, npm and a launcher may each send the one signal that was meant.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  process.stdout.on('error', () => stopping.abort());
  return stopping.signal;
}

/** No colours and no line drawn twice where NO_COLOR or a dumb terminal asks for none. */
function standardOutput({ NO_COLOR, TERM }: NodeJS.ProcessEnv): Output {
  return {
    write: (text) => void process.stdout.write(text),
    isTerminal: process.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb',
    get columns() {
      // A terminal that was given no size says 0.
      return process.stdout.columns || undefined;
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}

async function runUp(options: UpCommandOptions): Promise<void> {
  const [{ startUp }, { UpPrinter }] = await Promise.all([import('./up/start-up.ts'), import('./up/print-up.ts')]);
  const asJson = options.output === 'json';
  const printer = new UpPrinter(standardOutput(process.env));
  const onEvent = (event: UpEvent) =>
    asJson ? process.stdout.write(`${JSON.stringify(event)}\n`) : printer.print(event);
  if (options.kubeconfig !== undefined && options.context === undefined) {
    throw new CliError(3, '--kubeconfig goes with --context, the name of the cluster to use');
  }
  const cluster = await clusterOf(options);
  await using stack = new AsyncDisposableStack();
  const signal = interruption();
  const stop = untilAborted(signal);
  const starting = startUp({ dir: options.dir, onEvent, signal, ...cluster }, stack);
  const up: Up | undefined = await Promise.race([starting, stop]);
  if (!up) {
    await starting.catch(() => undefined);
    return;
  }
  onEvent(up.ready);
  if (!asJson) printer.ready(up.ready, up.paths);
  const failure = await Promise.race([up.failed, stop]);
  if (failure) throw new CliError(1, failure.message, { cause: failure });
  if (!asJson) process.stdout.write('\nStopping …\n');
}

async function clusterOf({ context, kubeconfig }: UpCommandOptions) {
  if (context === undefined) return { cluster: 'lab' };
  const { findOwnCluster } = await import('./up/own-cluster.ts');
  return { cluster: 'own', own: await findOwnCluster(context, kubeconfig, process.env) };
}

/** `countersign up`: everything on this machine, for trying and for development. */
export function registerUp(program: Command): void {
  program
    .command('up')
    .description('run gateway, connector, a development identity provider and a cluster on this machine')
    .option('--dir <dir>', 'where everything is kept', '.countersign')
    .option('--context <name>', "use this cluster of yours instead of the lab's")
    .option('--kubeconfig <file>', 'where --context is looked up; default: KUBECONFIG, else ~/.kube/config')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((options: UpCommandOptions, command: Command) => runVerb(command, () => runUp(options)));
}
