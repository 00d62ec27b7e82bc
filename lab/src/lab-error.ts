// SPDX-License-Identifier: Apache-2.0

/** What can go wrong in the lab. */
export type LabErrorCode =
  | 'ERR_LAB_API'
  | 'ERR_LAB_BUILD_FAILED'
  | 'ERR_LAB_DIR_IN_USE'
  | 'ERR_LAB_GO_MISSING'
  | 'ERR_LAB_NODE_UNAVAILABLE'
  | 'ERR_LAB_NOT_READY'
  | 'ERR_LAB_OPTION'
  | 'ERR_LAB_PACKAGES'
  | 'ERR_LAB_PORT_TAKEN'
  | 'ERR_LAB_PROCESS_EXITED'
  | 'ERR_LAB_PROGRAM_MISSING'
  | 'ERR_LAB_RELEASE_CHECKSUM'
  | 'ERR_LAB_RELEASE_FORMAT'
  | 'ERR_LAB_STOPPED';

/** The lab's own error: its message says what to do next and never holds a key or a token. */
export class LabError extends Error {
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
  }
}
