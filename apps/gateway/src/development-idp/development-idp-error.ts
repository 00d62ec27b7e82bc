// SPDX-License-Identifier: Apache-2.0

export type DevelopmentIdpErrorCode =
  | 'ERR_DEVELOPMENT_IDP_CLIENT'
  | 'ERR_DEVELOPMENT_IDP_FILE'
  | 'ERR_DEVELOPMENT_IDP_PORT';

/** The development identity provider can't start or take a client. */
export class DevelopmentIdpError extends Error {
  override readonly name = 'DevelopmentIdpError';
  readonly code: DevelopmentIdpErrorCode;

  constructor(code: DevelopmentIdpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
