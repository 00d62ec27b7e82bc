// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { repeated } from './repeated.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign plan -f app.yaml --cluster lab --reason "the shop's new release" --control https://gateway.example:8445 \\
    --token-file agent-token
  helm template shop ./shop | countersign plan -f - --cluster lab --helm-release shop --control https://gateway.example:8445 \\
    --token-file agent-token
  countersign plan -f app.yaml --as server-side-apply --cluster lab --control https://gateway.example:8445 \\
    --token-file agent-token

For agents: with your own token. People see all requests on one card and sign once; then your own kubectl or helm sends
them, each goes through once, and what is otherwise than planned is asked for by itself. As "create" they are known that
make what is not there: kubectl create, kubectl apply, helm install. What is there is changed by kubectl apply
--server-side, planned as such. A plan with something in it that is denied, or that can't be looked at before it is done
(its namespace or kind is yet to come), is refused whole.
Exit codes: 0 asked, or nobody has to be; 1 refused, 2 a file is missing or can't be read, 3 wrong usage.`;

interface PlanOptions extends ControlOptions {
  readonly filename: readonly string[];
  readonly cluster: string;
  readonly namespace: string;
  readonly as: 'create' | 'server-side-apply';
  readonly fieldManager: string;
  readonly helmRelease?: string;
  readonly reason?: string;
  readonly output: 'text' | 'json';
}

/** Each of its requests is tried at the API server before the gateway answers. */
const TIMEOUT_MS = 120_000;

async function plan(options: PlanOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { manifestObjects }, { readManifests }, { planLines }, { asciiJson }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./plan/manifest-objects.ts'),
    import('./plan/read-manifests.ts'),
    import('./plan/plan-text.ts'),
    import('./evidence/printable.ts'),
  ]);
  const { filename, cluster, namespace, as, fieldManager, helmRelease: name, reason } = options;
  const texts = await readManifests(filename, process.stdin);
  const release = name === undefined ? undefined : { name, namespace };
  const objects = texts.flatMap(({ text, where }) => manifestObjects(text, where, release));
  const body = { cluster, namespace, as, fieldManager, objects, ...(reason === undefined ? {} : { reason }) };
  const answer = await callControl({
    ...options,
    method: 'POST',
    path: '/api/v1/plans',
    body,
    timeoutMs: TIMEOUT_MS,
  });
  print(`${options.output === 'json' ? asciiJson(answer) : planLines(answer).join('\n')}\n`);
}

/** `countersign plan`: asks people for many requests at once. */
export function registerPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('ask for all requests of an install at once, as an agent')
    .requiredOption('-f, --filename <path>', 'a file, a folder, or - for what comes in; may be repeated', repeated)
    .requiredOption('--cluster <name>', 'where')
    .option('-n, --namespace <name>', 'of objects that name none', 'default')
    .addOption(
      new Option('--as <way>', 'how they will be sent').choices(['create', 'server-side-apply']).default('create'),
    )
    .option('--field-manager <name>', 'of a server-side apply', 'kubectl')
    .option('--helm-release <name>', 'as helm install sends them for this release')
    .option('--reason <text>', 'what for; approvers read it')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'));
  addControlFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((options: PlanOptions) => runVerb(command, (print) => plan(options, print)));
}
