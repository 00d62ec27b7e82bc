// SPDX-License-Identifier: Apache-2.0
import type { CaseResult } from '@countersign/policy';
import { type Command, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign policy test policies
  countersign policy test policies/clusters/lab/reporter.test.yaml -o json

A case file (YAML) in clusters/lab/ or organisation/ of a policy folder:
  agents: { reporter: { owner: ada, groups: [readers] } }
  cases:
    - { name: reads pods, as: reporter, cluster: lab, request: GET /api/v1/namespaces/demo/pods, expect: allow }
    - name: deletes nothing
      as: reporter
      cluster: lab
      request: DELETE /api/v1/namespaces/demo/configmaps/notes
      expect: deny
      rules: [lab/reporter-deletes-nothing]
expect is allow, ask, deny or undecided. A case may have body, contentType, live (the object as it is), from (address), at
(time), and expect rules, reveal and groups (who must countersign). Elsewhere the file names its policies: organisation:
FOLDER, clusters: { lab: FOLDER }.

Exit codes: 0 every case passed, 1 one didn't, 2 a file is missing or unusable, 3 wrong usage.`;

interface FileResults {
  readonly file: string;
  readonly results: readonly CaseResult[];
}

async function run(paths: readonly string[]): Promise<FileResults[]> {
  const { CedarEngine, findCaseFiles, PoliciesError, runCaseFile } = await import('@countersign/gateway');
  const { PolicyError } = await import('@countersign/policy');
  const engine = new CedarEngine();
  const done: FileResults[] = [];
  for (const path of paths) {
    const files = await findCaseFiles(path).catch((cause) => {
      throw new CliError(2, `${path} can't be read`, { cause });
    });
    if (files.length === 0) throw new CliError(2, `there is no *.test.yaml below ${path}`);
    for (const file of files) {
      try {
        done.push({ file, results: await runCaseFile(engine, file) });
      } catch (error) {
        const isKnown = error instanceof PolicyError || error instanceof PoliciesError;
        if (!isKnown) throw error;
        throw new CliError(2, `${file}: ${error.message}`, { cause: error });
      }
    }
  }
  return done;
}

async function test(paths: readonly string[], output: 'text' | 'json', print: (text: string) => void): Promise<void> {
  const files = await run(paths);
  const results = files.flatMap((file) => file.results);
  const failed = results.filter(({ passed }) => !passed).length;
  if (output === 'json') print(`${JSON.stringify({ files, passed: results.length - failed, failed })}\n`);
  else for (const file of files) print(formatFile(file));
  if (failed > 0) throw new CliError(1, `${failed} of ${results.length} cases failed`);
  if (output === 'text') print(`${results.length} cases passed\n`);
}

function formatFile({ file, results }: FileResults): string {
  const failures = results.filter(({ passed }) => !passed);
  const lines = failures.map(
    ({ name, differences, answer }) => `  FAILED ${name}: ${differences.join('; ')}\n         ${answer}\n`,
  );
  return `${file}: ${results.length - failures.length} of ${results.length} passed\n${lines.join('')}`;
}

/** `countersign policy test`: runs case files against policies. */
export function registerPolicyTest(policy: Command): void {
  policy
    .command('test')
    .description('run the cases of files, or of every *.test.yaml below a folder')
    .argument('<path...>', 'case files and folders')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((paths: string[], { output }: { readonly output: 'text' | 'json' }, command: Command) =>
      runVerb(command, (print) => test(paths, output, print)),
    );
}
