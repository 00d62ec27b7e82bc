// SPDX-License-Identifier: Apache-2.0

/** Why masking gave up. Whatever the code, no further byte of the answer may be sent. */
export type MaskErrorCode =
  | 'ERR_MASK_MALFORMED'
  | 'ERR_MASK_TRUNCATED'
  | 'ERR_MASK_TOO_DEEP'
  | 'ERR_MASK_ITEM_TOO_LARGE'
  | 'ERR_MASK_CONTENT_TYPE'
  | 'ERR_MASK_CONTENT_ENCODING'
  | 'ERR_MASK_KEY'
  | 'ERR_MASK_ENDED';

/** An answer or a write that this package can't understand. Messages name positions and limits, never content. */
export class MaskError extends Error {
  readonly code: MaskErrorCode;

  constructor(code: MaskErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MaskError';
    this.code = code;
  }
}
