// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign sessions end 0196f0a0-0000-4000-8000-000000000001 --control https://gateway.example:8445 \\
    --token-file operator-token

What the session has under way ends within a second; a write that has been let through goes on to its end. The agent's
next request begins a new session: to keep it out, use "countersign lock session". You need the operator's role.
Exit codes: 0 ended, 1 refused or not open, 2 a file is missing, 3 wrong usage.`;

async function endSession(session: string, options: ControlOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { assertId }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./sessions/session-id.ts'),
  ]);
  assertId(session, 'a session');
  const { ended } = await callControl({ ...options, method: 'DELETE', path: `/api/v1/sessions/${session}` });
  print(`session ${session} is ended; exchanges that ended: ${Number(ended)}\n`);
}

/** `countersign sessions end`: ends one, with what it has under way. */
export function registerSessionsEnd(sessions: Command): void {
  const command = sessions
    .command('end')
    .description('end a session of a running gateway, with what it has under way')
    .argument('<session>', 'id of the session');
  addControlFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((session: string, options: ControlOptions) =>
      runVerb(command, (print) => endSession(session, options, print)),
    );
}
