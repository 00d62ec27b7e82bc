// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { CREDENTIAL_FLAGS, type CredentialOptions } from '../credential/credential-source.ts';

/** Where a gateway's control API is, and who calls it; what is not said is as at the last login. */
export interface ControlOptions extends CredentialOptions {
  readonly control?: string;
  readonly ca?: string;
}

/** Gives a command the flags that lead to a gateway's control API. */
export function addControlFlags(command: Command): Command {
  command
    .option('--control <url>', "the gateway's control listener, https://HOST:PORT; default: where you logged in last")
    .option('--ca <file>', 'CA of that listener, PEM; default: that of your login there, else the public ones');
  for (const [flags, description] of CREDENTIAL_FLAGS) command.option(flags, description);
  return command;
}
