// SPDX-License-Identifier: Apache-2.0

/** 1: what was asked for failed. 2: a key or file is missing. 3: the command was called wrongly. */
export type FailureExitCode = 1 | 2 | 3;

/** A command can't do what it was asked to. The message says what to do; it holds no secret. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code = 'ERR_CLI';
  readonly exitCode: FailureExitCode;

  constructor(exitCode: FailureExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
