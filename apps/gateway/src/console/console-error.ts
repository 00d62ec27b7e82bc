// SPDX-License-Identifier: Apache-2.0

export type ConsoleErrorCode = 'ERR_CONSOLE_PROVIDER' | 'ERR_CONSOLE_SECRET';

/** People can't log in to the console: their identity provider, or what the gateway says to it, is not as it should be. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  readonly code: ConsoleErrorCode;

  constructor(code: ConsoleErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
