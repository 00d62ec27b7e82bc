// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { confirmed } from './control/confirmed.ts';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { runVerb } from './run-verb.ts';

const VERBS = [
  { name: 'approve', description: 'sign a grant: what it is for goes on without asking, until it ends' },
  { name: 'deny', description: 'deny a grant that nobody has signed: the agent reads your reason' },
  { name: 'revoke', description: 'end a grant at once, with what is under way by it; agents withdraw their own' },
] as const;

type Verb = (typeof VERBS)[number]['name'];

const EXAMPLES = `
Example:
  countersign grants approve ID --control https://gateway.example:8445 --token-file my-token

In a terminal you see what you sign, and are asked. Elsewhere say what you saw: --digest, which "grants show" prints.
Exit codes: 0 done, 1 refused or too late, 2 a file is missing, 3 wrong usage.`;

interface SayOptions extends ControlOptions {
  readonly reason: string;
  readonly digest?: string;
}

interface ShowOptions extends ControlOptions {
  readonly output: 'text' | 'json';
}

const grantPath = (id: string) => `/api/v1/grants/${encodeURIComponent(id)}`;

async function show(id: string, options: ShowOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { grantLines }, { asciiJson }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./grants/grant-text.ts'),
    import('./evidence/printable.ts'),
  ]);
  const grant = await callControl({ ...options, method: 'GET', path: grantPath(id) });
  print(`${options.output === 'json' ? asciiJson(grant) : grantLines(grant).join('\n')}\n`);
}

async function say(verb: Verb, id: string, options: SayOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { grantLines }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./grants/grant-text.ts'),
  ]);
  const { reason } = options;
  let body: object = { reason };
  if (verb !== 'revoke') {
    const seen = await callControl({ ...options, method: 'GET', path: grantPath(id) });
    print(`${grantLines(seen).join('\n')}\n\n`);
    const { digest } = seen;
    body = { reason, digest: options.digest ?? (await confirmed(verb, String(digest), 'grants show')) };
  }
  const { state } = await callControl({ ...options, method: 'POST', path: `${grantPath(id)}/${verb}`, body });
  print(`grant ${id} is ${state}\n`);
}

/** `countersign grants show|approve|deny|revoke`. */
export function registerGrantsSay(grants: Command): void {
  const shown = grants
    .command('show')
    .description('show who asked for what, and where it stands')
    .argument('<grant>', 'its id')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'));
  addControlFlags(shown)
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: ShowOptions) => runVerb(shown, (print) => show(id, options, print)));
  for (const { name, description } of VERBS) {
    const command = grants
      .command(name)
      .description(description)
      .argument('<grant>', 'its id')
      .option('--reason <text>', 'why, for the record and for who asked', '');
    if (name !== 'revoke') command.option('--digest <hex>', 'digest of what you saw, instead of being asked');
    addControlFlags(command)
      .addHelpText('after', EXAMPLES)
      .action((id: string, options: SayOptions) => runVerb(command, (print) => say(name, id, options, print)));
  }
}
