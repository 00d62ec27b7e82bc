// SPDX-License-Identifier: Apache-2.0

export type StoreErrorCode =
  | 'ERR_STORE_UNAVAILABLE'
  | 'ERR_STORE_CLOSED'
  | 'ERR_STORE_ID'
  | 'ERR_STORE_CORRUPT'
  | 'ERR_STORE_KEY';

/** The store could not answer. Nobody may go on as if it had. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
