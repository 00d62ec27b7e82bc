// SPDX-License-Identifier: Apache-2.0

/** What can be wrong with a value of this package. */
export type WireErrorCode = 'ERR_WIRE_RBAC' | 'ERR_WIRE_ANSWER';

/** A value that the schemas shared between gateway, connector and CLI don't allow. */
export class WireError extends Error {
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WireError';
    this.code = code;
  }
}
