// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign sessions show ./log 0196f0a0-0000-4000-8000-000000000001
  countersign sessions show ./log 0196f0a0-0000-4000-8000-000000000001 --keys ./keys

One timeline of requests, decisions, streams and recordings; with --keys also what an exec ran.
Records are read as they stand: only "evidence verify" says whether they are genuine.
Exit codes: 0 shown, 1 not there or the log is damaged, 2 the log or its keys are missing, 3 wrong usage.`;

interface ShowOptions {
  readonly keys?: string;
  readonly output: 'text' | 'json';
}

async function showSession(
  dir: string,
  session: string,
  options: ShowOptions,
  print: (text: string) => void,
): Promise<void> {
  const [{ openRecords }, { recordJson }, { pacedPrint }, { SessionRecords, timelineLine }, { assertId }] =
    await Promise.all([
      import('./evidence/open-records.ts'),
      import('./evidence/record-text.ts'),
      import('./evidence/paced-print.ts'),
      import('./sessions/timeline.ts'),
      import('./sessions/session-id.ts'),
    ]);
  assertId(session, 'a session');
  const records = new SessionRecords(session);
  const printLine = pacedPrint(print);
  const format = options.output === 'json' ? recordJson : timelineLine;
  let shown = 0;
  for await (const record of openRecords(dir, { ...options, from: 0 })) {
    if (!records.has(record.leaf)) continue;
    shown += 1;
    if (!(await printLine(format(record)))) return;
  }
  if (shown === 0) throw new CliError(1, `no record of a session ${session} in the log`);
}

/** `countersign sessions show`: the timeline of one. */
export function registerSessionsShow(sessions: Command): void {
  const command = sessions
    .command('show')
    .description('show one timeline of what happened in a session')
    .argument('<dir>', 'the log directory')
    .argument('<session>', 'id of the session')
    .option('--keys <dir>', 'directory with the key table: opens sealed fields')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((dir: string, session: string, options: ShowOptions) =>
      runVerb(command, (print) => showSession(dir, session, options, print)),
    );
}
