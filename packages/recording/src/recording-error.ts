// SPDX-License-Identifier: Apache-2.0

export type RecordingErrorCode =
  /** What is to be recorded is none of the things that a recording holds, or comes after its end. */
  | 'ERR_RECORDING_FRAME'
  /** Bytes of the file are not what was written. */
  | 'ERR_RECORDING_DAMAGED'
  /** The file ends before what the log says of it. */
  | 'ERR_RECORDING_CUT'
  /** The file is whole in itself, and not what the log commits to. */
  | 'ERR_RECORDING_MISMATCH'
  /** The key is not the recording's. */
  | 'ERR_RECORDING_KEY';

/** Where in a recording something is. */
export interface RecordingPlace {
  /** In the file, in bytes. */
  readonly offset: number;
  /** Which chunk; the header is number 0. */
  readonly chunk: number;
}

/** What is wrong with a recording. Messages name places and lengths, never what was recorded. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly code: RecordingErrorCode;
  readonly place: RecordingPlace | undefined;

  constructor(code: RecordingErrorCode, message: string, options: ErrorOptions & { place?: RecordingPlace } = {}) {
    const { place, ...rest } = options;
    super(place === undefined ? message : `chunk ${place.chunk} at byte ${place.offset}: ${message}`, rest);
    this.code = code;
    this.place = place;
  }
}
