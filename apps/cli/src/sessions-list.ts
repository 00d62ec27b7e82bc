// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { counted } from './counted.ts';
import { printable } from './evidence/printable.ts';
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
  const [{ openRecords }, { SessionSummaries }, { asciiJson }, { pacedPrint }] = await Promise.all([
    import('./evidence/open-records.ts'),
    import('./sessions/gather-sessions.ts'),
    import('./evidence/printable.ts'),
    import('./evidence/paced-print.ts'),
  ]);
  const summaries = new SessionSummaries();
  for await (const { leaf } of openRecords(dir, { from: 0 })) summaries.take(leaf);
  const printLine = pacedPrint(print);
  const asked = summaries.all().filter((one) => isAskedFor(one, options));
  const lines = options.output === 'json' ? asked.map((one) => asciiJson(one)) : summaryLines(asked);
  for (const line of lines) if (!(await printLine(line))) return;
}

function isAskedFor({ agent, cluster, to }: SessionSummary, options: ListOptions): boolean {
  const isOfAgent = options.agent === undefined || options.agent === agent;
  const isOfCluster = options.cluster === undefined || options.cluster === cluster;
  return isOfAgent && isOfCluster && (options.open !== true || to === undefined);
}

/** One line for each, in columns. */
function summaryLines(summaries: readonly SessionSummary[]): readonly string[] {
  const rows = summaries.map(({ session, agent, cluster, from, to, reason, requests, streams }) => [
    session,
    ...[agent, cluster].map(printable),
    timeOf(from),
    to === undefined ? 'going on' : `to ${timeOf(to)} (${reason})`,
    [counted(requests, 'request'), ...(streams > 0 ? [counted(streams, 'stream')] : [])].join(', '),
  ]);
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(cell.length, most[i] ?? 0)), []);
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** To the second: the records have more. */
function timeOf(timestamp: string): string {
  return `${timestamp.slice(0, 19)}Z`;
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
