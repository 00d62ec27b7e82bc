// SPDX-License-Identifier: Apache-2.0
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';

/** What a command line printed, and with which code it would end its process. */
export interface CommandRun {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

/** Runs a command line in this process, and leaves that as it was. Wrong usage is 3, as `main.ts` has it. */
export async function runCommand(...args: readonly string[]): Promise<CommandRun> {
  const before = process.exitCode;
  process.exitCode = 0;
  const written = { out: '', err: '' };
  const output = {
    writeOut: (text: string) => {
      written.out += text;
    },
    writeErr: (text: string) => {
      written.err += text;
    },
  };
  const onExit = (error: CommanderError): never => {
    throw error;
  };
  try {
    await createProgram({ output, onExit }).parseAsync(args, { from: 'user' });
    return { ...written, exitCode: Number(process.exitCode) };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { ...written, exitCode: error.exitCode === 0 ? 0 : 3 };
  } finally {
    process.exitCode = before;
  }
}
