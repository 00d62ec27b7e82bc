// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { runVerb } from './run-verb.ts';
import type { SessionSummary } from './sessions/gather-sessions.ts';

const EXAMPLES = `
Examples:
  countersign sessions list ./log
  countersign sessions list ./log --agent reporter --open -o json

A session is what one agent did on one cluster, until it was idle for 15 minutes.
Records are read as they stand: only "evidence verify" says whether they are genuine. The log may be in use.
Exit codes: 0 listed, 1 the log is damaged, 2 the log is missing, 3 wrong usage.`;

interface ListOptions {
  readonly agent?: string;
  readonly cluster?: string;
  readonly open?: boolean;
  readonly output: 'text' | 'json';
}

async function listSessions(dir: string, options: ListOptions, print: (text: string) => void): Promise<void> {
  const [{ openRecords }, { SessionSummaries }, { asciiJson, printable }, { pacedPrint }] = await Promise.all([
    import('./evidence/open-records.ts'),
    import('./sessions/gather-sessions.ts'),
    import('./evidence/printable.ts'),
    import('./evidence/paced-print.ts'),
  ]);
  const summaries = new SessionSummaries();
  for await (const { leaf } of openRecords(dir, { from: 0 })) summaries.take(leaf);
  const printLine = pacedPrint(print);
  for (const summary of summaries.all().filter((one) => isAskedFor(one, options))) {
    const line = options.output === 'json' ? asciiJson(summary) : printable(summaryLine(summary));
    if (!(await printLine(line))) return;
  }
}

function isAskedFor({ agent, cluster, to }: SessionSummary, options: ListOptions): boolean {
  const isOfAgent = options.agent === undefined || options.agent === agent;
  const isOfCluster = options.cluster === undefined || options.cluster === cluster;
  return isOfAgent && isOfCluster && (options.open !== true || to === undefined);
}

function summaryLine({
  session,
  agent,
  cluster,
  from,
  to,
  reason,
  requests,
  streams,
  recordings,
}: SessionSummary): string {
  const ended = to === undefined ? 'going on' : `to ${to.slice(0, 19)}Z (${reason})`;
  const counts = `${requests} requests, ${streams} streams, ${recordings} recordings`;
  return [session, agent, cluster, `${from.slice(0, 19)}Z`, ended, counts].join('  ');
}

/** `countersign sessions list`: one line a session. */
export function registerSessionsList(sessions: Command): void {
  const command = sessions
    .command('list')
    .description('list the sessions of a log')
    .argument('<dir>', 'the log directory')
    .option('--agent <id>', 'only sessions of this agent')
    .option('--cluster <name>', 'only sessions on this cluster')
    .option('--open', 'only sessions that are going on')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((dir: string, options: ListOptions) => runVerb(command, (print) => listSessions(dir, options, print)));
}
