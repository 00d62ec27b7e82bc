// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign evidence list ./log --type intent --type outcome
  countersign evidence list ./log --exchange 0196f0a0-0000-4000-8000-000000000001 -o json --keys ./keys

Records are read as they stand: only "evidence verify" says whether they are genuine. The log may be in use.
With -o json each line is {"index":…,"record":{…}}, with --keys also "sealed" or why it can't be opened.
Exit codes: 0 listed, 1 the log is damaged, 2 the log or its keys are missing, 3 wrong usage.`;

interface ListOptions {
  readonly type?: readonly string[];
  readonly exchange?: string;
  readonly from: number;
  readonly limit?: number;
  readonly keys?: string;
  readonly output: 'text' | 'json';
}

async function listEvidence(dir: string, options: ListOptions, print: (text: string) => void): Promise<void> {
  const [{ recordTypes }, { openRecords }, { recordJson, recordLine }, { pacedPrint }] = await Promise.all([
    import('@countersign/evidence'),
    import('./evidence/open-records.ts'),
    import('./evidence/record-text.ts'),
    import('./evidence/paced-print.ts'),
  ]);
  const { type: types = [], exchange } = options;
  assertQuestion(types, exchange, recordTypes);
  const printLine = pacedPrint(print);
  let listed = 0;
  for await (const record of openRecords(dir, options)) {
    const { leaf } = record;
    if (types.length > 0 && !types.includes(leaf.type)) continue;
    if (exchange !== undefined && !('exchange' in leaf && leaf.exchange === exchange)) continue;
    if (!(await printLine(options.output === 'json' ? recordJson(record) : recordLine(record)))) return;
    listed += 1;
    if (listed === options.limit) return;
  }
}

/**
 * A word that no record can have would list nothing, which reads as if nothing had happened.
 * @throws CliError exit code 3
 */
function assertQuestion(types: readonly string[], exchange: string | undefined, known: readonly string[]): void {
  const unknown = types.find((one) => !known.includes(one));
  if (unknown !== undefined) {
    throw new CliError(3, `no record has the type ${JSON.stringify(unknown)}; there are ${known.join(', ')}`);
  }
  if (exchange !== undefined && !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(exchange)) {
    throw new CliError(3, '--exchange is a request id (a UUID in lower case)');
  }
}

function parseIndex(text: string): number {
  const index = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(index)) throw new InvalidArgumentError('not a whole number.');
  return index;
}

function parseCount(text: string): number {
  const count = parseIndex(text);
  if (count === 0) throw new InvalidArgumentError('at least 1.');
  return count;
}

/** `countersign evidence list`: one line a record. */
export function registerEvidenceList(evidence: Command): void {
  const command = evidence
    .command('list')
    .description('list the records of a log')
    .argument('<dir>', 'the log directory')
    .option('--type <type>', 'only records of this type; may be repeated', (type, all: string[] = []) => [...all, type])
    .option('--exchange <id>', 'only records of this exchange, by its request id')
    .option('--from <index>', 'begin at this index', parseIndex, 0)
    .option('--limit <count>', 'stop after this many', parseCount)
    .option('--keys <dir>', 'directory with the key table: opens sealed fields (with -o json)')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((dir: string, options: ListOptions) => runVerb(command, (print) => listEvidence(dir, options, print)));
}
