// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError, Option } from 'commander';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign evidence list ./log --type intent --type outcome
  countersign evidence list ./log --exchange 0196f0a0-0000-4000-8000-000000000001 -o json --keys ./keys

Records are read as they stand: only "evidence verify" says whether they are genuine. The log may be in use.
With -o json each line is {"index":…,"record":{…}}, with --keys also "sealed" or why it can't be opened.
Exit codes: 0 listed, 1 the log is damaged, 2 the keys can't be read, 3 wrong usage.`;

interface ListOptions {
  readonly type: readonly string[];
  readonly exchange?: string;
  readonly from: number;
  readonly limit?: number;
  readonly keys?: string;
  readonly output: 'text' | 'json';
}

async function listEvidence(dir: string, options: ListOptions, print: (text: string) => void): Promise<void> {
  const [{ openRecords }, { recordJson, recordLine }, { pacedPrint }] = await Promise.all([
    import('./evidence/open-records.ts'),
    import('./evidence/record-text.ts'),
    import('./evidence/paced-print.ts'),
  ]);
  const printLine = pacedPrint(print);
  let listed = 0;
  for await (const record of openRecords(dir, options)) {
    const { leaf } = record;
    if (options.type.length > 0 && !options.type.includes(leaf.type)) continue;
    if (options.exchange !== undefined && !('exchange' in leaf && leaf.exchange === options.exchange)) continue;
    if (!(await printLine(options.output === 'json' ? recordJson(record) : recordLine(record)))) return;
    listed += 1;
    if (listed === options.limit) return;
  }
}

function parseCount(text: string): number {
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw new InvalidArgumentError('not a whole number.');
  return count;
}

/** `countersign evidence list`: one line a record. */
export function registerEvidenceList(evidence: Command): void {
  const command = evidence
    .command('list')
    .description('list the records of a log')
    .argument('<dir>', 'the log directory')
    .option('--type <type>', 'only records of this type; may be repeated', (type, all: string[]) => [...all, type], [])
    .option('--exchange <id>', 'only records of this exchange, by its request id')
    .option('--from <index>', 'begin at this index', parseCount, 0)
    .option('--limit <count>', 'stop after this many', parseCount)
    .option('--keys <dir>', 'directory with the key table: opens sealed fields (with -o json)')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((dir: string, options: ListOptions) => runVerb(command, (print) => listEvidence(dir, options, print)));
}
