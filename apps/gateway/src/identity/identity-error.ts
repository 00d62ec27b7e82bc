// SPDX-License-Identifier: Apache-2.0

/** What went wrong: options that can't be used, a document that couldn't be fetched, one that can't be believed. */
export type IdentityErrorCode = 'ERR_IDENTITY_OPTIONS' | 'ERR_IDENTITY_FETCH' | 'ERR_IDENTITY_DOCUMENT';

/** Thrown while setting up and while loading keys. What a token gets is a value, never this. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
