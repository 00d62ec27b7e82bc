// SPDX-License-Identifier: Apache-2.0

export type RecordingsErrorCode =
  /** A write or a sync failed: the recording takes nothing more, and ends with what is durable of it. */
  | 'ERR_RECORDINGS_FAILED'
  /** The disk did not answer in time; as above. */
  | 'ERR_RECORDINGS_STALLED'
  /** What is left free of the volume is for the log; as above. */
  | 'ERR_RECORDINGS_NO_ROOM'
  /** The recording has its end. */
  | 'ERR_RECORDINGS_CLOSED';

/** Something could not be recorded, so it MUST NOT flow. Messages name files, never what was to be recorded. */
export class RecordingsError extends Error {
  override readonly name = 'RecordingsError';
  readonly code: RecordingsErrorCode;

  constructor(code: RecordingsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
