// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { CREDENTIAL_FLAGS, type CredentialOptions } from '../credential/credential-source.ts';

/** Where a gateway's control API is, and who calls it. */
export interface ControlOptions extends CredentialOptions {
  readonly control: string;
  readonly ca?: string;
}

/** Gives a command the flags that lead to a gateway's control API. */
export function addControlFlags(command: Command): Command {
  command
    .requiredOption('--control <url>', "the gateway's control listener, https://HOST:PORT")
    .option('--ca <file>', 'CA of that listener, PEM; default: the public ones');
  for (const [flags, description] of CREDENTIAL_FLAGS) command.option(flags, description);
  return command;
}
