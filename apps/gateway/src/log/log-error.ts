// SPDX-License-Identifier: Apache-2.0

export type LogErrorCode =
  /** A write or a sync failed: nothing more is taken until a restart has recovered the log. */
  | 'ERR_LOG_FAILED'
  /** The queue is full; a later attempt may succeed. */
  | 'ERR_LOG_FULL'
  | 'ERR_LOG_CLOSED'
  /** The record breaks the schema or the order of records: a mistake of the caller's code. Nothing was taken. */
  | 'ERR_LOG_RECORD'
  /** What is on the disk is not what was written. */
  | 'ERR_LOG_DAMAGED'
  /** Another process has the log open. */
  | 'ERR_LOG_LOCKED'
  /** The log is shorter than its published checkpoint, or does not contain it. */
  | 'ERR_LOG_ROLLED_BACK'
  /** The log's key, or the key table, is missing or is another log's. */
  | 'ERR_LOG_KEY'
  /** There is no room to go on. */
  | 'ERR_LOG_NO_SPACE';

/** The log could not do what it was asked. Messages name files and indexes, never values of records. */
export class LogError extends Error {
  override readonly name = 'LogError';
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
