// SPDX-License-Identifier: Apache-2.0

/** Why something about a transparency log was refused. */
export type TlogErrorCode =
  | 'ERR_TLOG_BASE64'
  | 'ERR_TLOG_BUNDLE'
  | 'ERR_TLOG_CHECKPOINT'
  | 'ERR_TLOG_CONSISTENCY'
  | 'ERR_TLOG_COSIGNATURE'
  | 'ERR_TLOG_ENTRY_TOO_LARGE'
  | 'ERR_TLOG_INCLUSION'
  | 'ERR_TLOG_KEY'
  | 'ERR_TLOG_NOTE'
  | 'ERR_TLOG_ORIGIN'
  | 'ERR_TLOG_POLICY'
  | 'ERR_TLOG_PROOF'
  | 'ERR_TLOG_RANGE'
  | 'ERR_TLOG_SIGNATURE'
  | 'ERR_TLOG_TILE'
  | 'ERR_TLOG_UNSIGNED';

/** Broken input, or evidence that does not hold. Messages may quote the input: escape them before a terminal. */
export class TlogError extends Error {
  override readonly name = 'TlogError';
  readonly code: TlogErrorCode;

  constructor(code: TlogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
