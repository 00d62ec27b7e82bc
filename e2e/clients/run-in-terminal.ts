// SPDX-License-Identifier: Apache-2.0
import { Terminal } from '../exec/terminal.ts';
import type { ClientCommand, ClientResult } from './client-process.ts';
import type { Act } from './row.ts';

/** Runs a client at a terminal, does there what somebody would do, and returns all that it showed. */
export async function runInTerminal(command: ClientCommand, acts: readonly Act[]): Promise<ClientResult> {
  const { program, args, cwd, env } = command;
  const terminal = new Terminal({ command: program, args, cwd, env, columns: 80, rows: 24 });
  try {
    await terminal.begun();
    for (const { after, types, size } of acts) {
      if (after !== undefined) await terminal.shows(after);
      if (types !== undefined) terminal.type(types);
      if (size !== undefined) await terminal.resize(size.columns, size.rows);
    }
    const code = await terminal.exited;
    return { code, stdout: terminal.shown, stderr: '' };
  } finally {
    terminal.close();
  }
}
