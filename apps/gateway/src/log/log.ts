// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';

/** Where a record came to stand. */
export interface Appended {
  /** Index of the first record of the call; the others follow it. */
  readonly index: number;
}

export type LogState =
  | { readonly state: 'open' }
  | { readonly state: 'low-space'; readonly freeBytes: number }
  | { readonly state: 'failed'; readonly problem: string };

/**
 * The evidence log of this gateway. A resolved `append` means durable and covered by a signed checkpoint that is durable
 * too. After the first failure every append rejects until a restart has recovered the log: drivers MUST NOT retry a sync.
 * @throws LogError `ERR_LOG_FAILED`, `ERR_LOG_FULL` (the queue is; try later; never for the end of what has begun), `ERR_LOG_CLOSED`
 */
export interface Log {
  append(records: readonly LogRecord[]): Promise<Appended>;
  readonly state: LogState;
  /** Called at each change of state, at once with the present one; returns the way to stop. */
  onState(listener: (state: LogState) => void): () => void;
  /** Writes `log.closed`, publishes the last checkpoint, lets go of the files. */
  close(): Promise<void>;
}
