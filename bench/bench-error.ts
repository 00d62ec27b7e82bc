// SPDX-License-Identifier: Apache-2.0

export type BenchErrorCode =
  /** The command line asks for what there is not. */
  | 'ERR_BENCH_USAGE'
  /** A process of the set-up did not start, or ended. */
  | 'ERR_BENCH_PROCESS'
  /** What is to be measured does not do its work, so its speed would say nothing. */
  | 'ERR_BENCH_WRONG_ANSWER';

export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: BenchErrorCode;

  constructor(code: BenchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
