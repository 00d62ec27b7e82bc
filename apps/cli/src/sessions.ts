// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { registerSessionsEnd } from './sessions-end.ts';
import { registerSessionsList } from './sessions-list.ts';
import { registerSessionsReplay } from './sessions-replay.ts';
import { registerSessionsShow } from './sessions-show.ts';

const EXAMPLES = `
Examples:
  countersign sessions list ./log
  countersign sessions show ./log SESSION
  countersign sessions replay ./log SESSION --keys ./keys`;

/** `countersign sessions …`: what agents did, session by session; read offline, ended at a gateway. */
export function registerSessions(program: Command): void {
  const sessions = program
    .command('sessions')
    .description('read sessions of agents, replay what was recorded, end one');
  sessions.addHelpText('after', EXAMPLES);
  registerSessionsList(sessions);
  registerSessionsShow(sessions);
  registerSessionsReplay(sessions);
  registerSessionsEnd(sessions);
}
