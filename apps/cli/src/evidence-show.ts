// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign evidence show ./log 42
  countersign evidence show ./log 0196f0a0-0000-4000-8000-000000000001 --keys ./keys

A request id shows every record of that exchange, of those that were made for it, and of its retry over SPDY; the id of an
approval those of it.
Records are read as they stand: only "evidence verify" says whether they are genuine.
Exit codes: 0 shown, 1 not there or the log is damaged, 2 the log or its keys are missing, 3 wrong usage.`;

interface ShowOptions {
  readonly keys?: string;
  readonly output: 'text' | 'json';
}

async function showEvidence(
  dir: string,
  what: string,
  options: ShowOptions,
  print: (text: string) => void,
): Promise<void> {
  const isAsked = questionOf(what);
  const [{ openRecords }, { recordJson, recordPage }, { pacedPrint }] = await Promise.all([
    import('./evidence/open-records.ts'),
    import('./evidence/record-text.ts'),
    import('./evidence/paced-print.ts'),
  ]);
  const printLine = pacedPrint(print);
  const format = options.output === 'json' ? recordJson : recordPage;
  let shown = 0;
  for await (const record of openRecords(dir, { ...options, from: isAsked.from })) {
    if (record.index > isAsked.to) break;
    if (!isAsked.of(record.leaf)) continue;
    shown += 1;
    if (!(await printLine(format(record)))) return;
  }
  if (shown === 0) throw new CliError(1, `no record of ${what} in the log${isAsked.remark}`);
}

interface Question {
  readonly from: number;
  readonly to: number;
  /** What to think of when there is no such record. */
  readonly remark: string;
  of(leaf: object): boolean;
}

/** @throws CliError exit code 3 */
function questionOf(what: string): Question {
  if (/^\d{1,15}$/.test(what)) return { from: Number(what), to: Number(what), remark: '', of: () => true };
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(what)) {
    throw new CliError(3, 'give an index (a number), or the id of a request or an approval (a UUID in lower case)');
  }
  return {
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
    remark: '; requests of unknown callers are counted there, without their ids: "evidence list --type refusals"',
    of: (leaf) =>
      ('exchange' in leaf && leaf.exchange === what) ||
      ('parent' in leaf && leaf.parent === what) ||
      ('retryOf' in leaf && leaf.retryOf === what) ||
      ('approval' in leaf && leaf.approval === what),
  };
}

/** `countersign evidence show`: one record whole, or all of an exchange. */
export function registerEvidenceShow(evidence: Command): void {
  const command = evidence
    .command('show')
    .description('show a record by its index, or all records of an exchange or an approval by its id')
    .argument('<dir>', 'the log directory')
    .argument('<index|id>', 'which record, or which exchange or approval')
    .option('--keys <dir>', 'directory with the key table: opens sealed fields')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((dir: string, what: string, options: ShowOptions) =>
      runVerb(command, (print) => showEvidence(dir, what, options, print)),
    );
}
