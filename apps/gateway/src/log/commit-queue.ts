// SPDX-License-Identifier: Apache-2.0
import { LogError } from './log-error.ts';
import type { EncodedRecord } from './record-encoder.ts';
import { batchBytes } from './wal-writer.ts';

export interface CommitQueueOptions {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Index of the first record that will be committed. */
  readonly first: number;
  /** Makes a batch durable. */
  readonly commit: (records: readonly EncodedRecord[]) => Promise<void>;
  /** Called once, when a commit failed. */
  readonly onFailure: (error: Error) => void;
}

interface Waiting {
  readonly records: readonly EncodedRecord[];
  readonly resolve: (index: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Gathers what is appended while a batch is on its way to the disk into the next batch: no timer, and the slower the
 * disk, the larger the batch. After a failed commit everything that waits is rejected, and all that comes.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Waiting[] = [];
  #records = 0;
  #bytes = 0;
  #next: number;
  #failure: Error | undefined;
  #running: Promise<void> | undefined;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#next = options.first;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws LogError `ERR_LOG_FULL` */
  assertRoomFor(records: number): void {
    const { maxRecords, maxBytes } = this.#options;
    if (this.#records === 0 || (this.#records + records <= maxRecords && this.#bytes <= maxBytes)) return;
    throw new LogError('ERR_LOG_FULL', `${this.#records} records wait for the disk`);
  }

  /** Resolves with the index of the first record when all are durable. */
  push(records: readonly EncodedRecord[]): Promise<number> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject });
      this.#records += records.length;
      this.#bytes += batchBytes(records);
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more, committed or failed. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#records = 0;
      this.#bytes = 0;
      try {
        await this.#options.commit(batch.flatMap(({ records }) => records));
      } catch (error) {
        this.#fail(batch, error as Error);
        break;
      }
      for (const { records, resolve } of batch) {
        resolve(this.#next);
        this.#next += records.length;
      }
    }
    this.#running = undefined;
  }

  #fail(batch: readonly Waiting[], error: Error): void {
    this.#failure = new LogError('ERR_LOG_FAILED', `the log can't be written: ${error.message}`, { cause: error });
    this.#options.onFailure(error);
    for (const { reject } of [...batch, ...this.#waiting]) reject(this.#failure);
    this.#waiting = [];
  }
}
