// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Decision, Explanation, PolicyInput, Principal } from '@countersign/policy';
import { type Command, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign policy explain --policies DIR --cluster lab --agent reporter GET /api/v1/namespaces/demo/secrets/x
  countersign policy explain --policies DIR --cluster lab --agent reporter --group writers \\
    -f deployment.yaml POST /apis/apps/v1/namespaces/demo/deployments

TARGET is a path of the API server, with its query. Exit codes: 0 explained, whatever the answer; 1 the policies can't be
used; 2 a file is missing; 3 wrong usage.`;

interface ExplainOptions {
  readonly policies: string;
  readonly cluster: string;
  readonly agent?: string;
  readonly human?: string;
  readonly owner: string;
  readonly group?: readonly string[];
  readonly file?: string;
  readonly contentType?: string;
  readonly live?: string;
  readonly from: string;
  readonly at?: string;
  readonly output: 'text' | 'json';
}

function principalOf({ agent, human, owner, group: groups = [] }: ExplainOptions): Principal {
  const id = agent ?? human;
  if (id === undefined || (agent !== undefined && human !== undefined)) {
    throw new CliError(3, 'say who asks: --agent ID or --human ID');
  }
  const kind = agent === undefined ? 'human' : 'agent';
  const by = kind === 'agent' ? owner : id;
  return { kind, id, owner: by, purpose: '', groups, issuer: '', subject: id, act: [] };
}

async function readBody(file: string): Promise<Uint8Array> {
  const text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8').catch((cause) => {
    throw new CliError(2, `${file} can't be read`, { cause });
  });
  if (/^\s*[{[]/.test(text)) return new TextEncoder().encode(text);
  const { parse } = await import('yaml');
  try {
    return new TextEncoder().encode(JSON.stringify(parse(text)));
  } catch (cause) {
    throw new CliError(2, `${file} is neither JSON nor YAML of one document`, { cause });
  }
}

async function readInput(method: string, target: string, options: ExplainOptions): Promise<PolicyInput> {
  const [{ hypotheticalInput, PolicyError }, { KubeError }] = await Promise.all([
    import('@countersign/policy'),
    import('@countersign/kube'),
  ]);
  const { contentType, file, live, from: sourceAddress, at } = options;
  const asked = {
    method,
    target,
    ...(contentType === undefined ? {} : { contentType }),
    ...(file === undefined ? {} : { body: await readBody(file) }),
    ...(live === undefined ? {} : { live: await readBody(live) }),
  };
  if (isIP(sourceAddress) === 0) throw new CliError(3, '--from is an IP address such as 192.0.2.7');
  const time = new Date(at ?? Date.now());
  if (Number.isNaN(time.getTime())) throw new CliError(3, '--at is a time such as 2026-01-05T12:00:00Z');
  try {
    return hypotheticalInput(principalOf(options), options.cluster, asked, { sourceAddress, time: time.toISOString() });
  } catch (error) {
    if (error instanceof KubeError || error instanceof PolicyError)
      throw new CliError(3, error.message, { cause: error });
    throw error;
  }
}

async function explainRequest(
  method: string,
  target: string,
  options: ExplainOptions,
  print: (text: string) => void,
): Promise<void> {
  const input = await readInput(method.toUpperCase(), target, options);
  const { CedarEngine, loadPolicySet, PoliciesError } = await import('@countersign/gateway');
  const { decide, explain } = await import('@countersign/policy');
  const set = await loadPolicySet(new CedarEngine(), options.policies, options.cluster).catch((error) => {
    throw error instanceof PoliciesError ? new CliError(1, error.message, { cause: error }) : error;
  });
  const decision = decide(set, input);
  const explanation = explain(set, input, decision);
  print(
    options.output === 'json' ? `${JSON.stringify({ decision, explanation })}\n` : formatText(explanation, decision),
  );
}

function formatText({ summary, because, change }: Explanation, { policyDigest }: Decision): string {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  - ${line}\n`).join('')}`;
  return `${summary}\n${list('Why:', because)}${list('What would change it:', change)}Policies: ${policyDigest}\n`;
}

/** `countersign policy explain`: why a request would get its answer, and what would change it. */
export function registerPolicyExplain(policy: Command): void {
  const collect = (value: string, all: readonly string[] = []) => [...all, value];
  policy
    .command('explain')
    .description('say why a request would get its answer, and what would change it')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<target>', 'the path of the request, with its query')
    .requiredOption('--policies <dir>', 'the policy folder')
    .requiredOption('--cluster <name>', 'the cluster that is asked')
    .option('--agent <id>', 'the agent that asks')
    .option('--human <id>', 'the human who asks')
    .option('--owner <id>', "the agent's owner", 'owner')
    .option('--group <name>', 'a policy group of its token; may be repeated', collect)
    .option('-f, --file <file>', 'body of the request, JSON or YAML; - for stdin')
    .option('--content-type <type>', 'of the body; default: application/json, of a PATCH application/merge-patch+json')
    .option('--live <file>', 'the object that the request names, as it is: what rules see as context.live')
    .option('--from <address>', 'source address', '127.0.0.1')
    .option('--at <time>', 'time of the request; default: now')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action((method: string, target: string, options: ExplainOptions, command: Command) =>
      runVerb(command, (print) => explainRequest(method, target, options, print)),
    );
}
