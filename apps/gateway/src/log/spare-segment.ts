// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LogError } from './log-error.ts';
import { SegmentFile } from './segment-file.ts';

/**
 * The next segment, zeroed before it is needed: so a full disk shows while the present segment still has room, and
 * going on in a new one costs a rename.
 */
export class SpareSegment {
  readonly #tmp: string;
  readonly #bytes: number;
  #making: Promise<SegmentFile | undefined> | undefined;
  #problem: Error | undefined;

  constructor(tmp: string, bytes: number) {
    this.#tmp = tmp;
    this.#bytes = bytes;
  }

  /** Why there is no spare segment, if there should be one and it could not be made. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  /** Makes the spare segment, unless it is there or being made. */
  prepare(): void {
    this.#making ??= this.#make();
  }

  /** The spare segment; the next one is only made after `prepare`. */
  async take(): Promise<SegmentFile> {
    this.prepare();
    const file = await this.#making;
    this.#making = undefined;
    if (file !== undefined) return file;
    throw new LogError('ERR_LOG_NO_SPACE', 'there is no next segment', { cause: this.#problem });
  }

  /** Removes it. */
  async discard(): Promise<void> {
    const file = await this.#making;
    this.#making = undefined;
    if (file === undefined) return;
    await file.close();
    await rm(file.path, { force: true });
  }

  async #make(): Promise<SegmentFile | undefined> {
    const path = join(this.#tmp, `${randomUUID()}.seg`);
    try {
      const file = await SegmentFile.create(path, this.#bytes);
      this.#problem = undefined;
      return file;
    } catch (error) {
      this.#problem = error as Error;
      this.#making = undefined;
      await rm(path, { force: true });
      return undefined;
    }
  }
}
