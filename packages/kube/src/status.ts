// SPDX-License-Identifier: Apache-2.0

const reasonCodes = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServerTimeout: 500,
  StorageReadError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

/** The reasons of `metav1.Status` that clients branch on. */
export type StatusReason = keyof typeof reasonCodes;

/** The HTTP status that each reason usually has. */
export const statusCodes: Readonly<Record<StatusReason, number>> = reasonCodes;

/** One reason beside the message, for machines: `{ reason: 'FieldValueInvalid', message, field: 'data.password' }`. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** What a Status is about. `kind` is the plural resource, as the API server writes it. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  /** Seconds. The answer's `Retry-After` header must repeat it. */
  readonly retryAfterSeconds?: number;
}

/** A failure as kubectl and client-go understand it. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: StatusReason;
  readonly details?: StatusDetails;
  readonly code: number;
}

/**
 * Builds a failed `metav1.Status`. The code is the reason's usual one unless `code` is given.
 * @see https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md "Response Status Kind"
 */
export function buildStatus(
  reason: StatusReason,
  message: string,
  options: { readonly code?: number; readonly details?: StatusDetails } = {},
): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(options.details === undefined ? {} : { details: options.details }),
    code: options.code ?? statusCodes[reason],
  };
}

/**
 * Writes a Status as the API server does: one line of JSON, with `&`, `<` and `>` escaped, so that a message that
 * quotes a caller is no markup wherever the answer is shown.
 */
export function serializeStatus(status: Status): string {
  return `${serializeForMarkup(status)}\n`;
}

/** JSON in which nothing is markup. */
export function serializeForMarkup(value: object): string {
  return JSON.stringify(value).replace(
    /[&<>\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
