// SPDX-License-Identifier: Apache-2.0

/** The first thing that is wrong with a log. Texts may come from the log: escape them before a terminal. */
export interface LogFault {
  /** Relative to the log directory; or what the auditor brought: `trust`, `saved checkpoint`. */
  readonly file: string;
  /** Where in the file, in bytes. */
  readonly offset?: number;
  /** The entry that it concerns, or the first of those. */
  readonly entry?: number;
  readonly problem: string;
  readonly expected?: string;
  readonly found?: string;
  /** In the batches or the padding of the last segment: a gateway that was killed may have left it so. */
  readonly isUnfinished?: boolean;
}

/** Carries a fault from where it is found to the verdict. */
export class LogFaultError extends Error {
  override readonly name = 'LogFaultError';
  readonly code = 'ERR_EVIDENCE_LOG';
  readonly fault: LogFault;

  constructor(fault: LogFault, options?: ErrorOptions) {
    super(fault.problem, options);
    this.fault = fault;
  }
}
