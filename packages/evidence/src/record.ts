// SPDX-License-Identifier: Apache-2.0

/** One fact of the evidence log. */
export interface LogRecord {
  readonly type: string;
}
