// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import { RecordingsError } from './recordings-error.ts';

/**
 * A file that is only appended to. A failed write or sync is never tried again: after a write that failed nothing is
 * taken any more, after a sync that failed nothing counts as durable any more.
 */
export class AppendFile {
  readonly #file: FileHandle;
  readonly #path: string;
  #bytes: number;
  #writeFailure: RecordingsError | undefined;
  #syncFailure: RecordingsError | undefined;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
    this.#bytes = 0;
  }

  /** A new file, readable for its owner; the directory is for the caller to sync. */
  static async create(path: string): Promise<AppendFile> {
    return new AppendFile(await open(path, 'wx', 0o600), path);
  }

  /** A file that begins empty, whatever was in it. */
  static async createAnew(path: string): Promise<AppendFile> {
    return new AppendFile(await open(path, 'w', 0o600), path);
  }

  /** How long it is. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when `bytes` are in the file, all of them; on the disk they are after `sync`. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#throwFailure();
    try {
      // A system call may take a part only: of a full disk the part comes first, the error after it.
      for (let written = 0; written < bytes.length; ) {
        const at = this.#bytes + written;
        const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, at);
        if (bytesWritten === 0) throw new RecordingsError('ERR_RECORDINGS_FAILED', 'the system wrote nothing');
        written += bytesWritten;
      }
      this.#bytes += bytes.length;
    } catch (cause) {
      this.#writeFailure = this.#failure(cause as Error);
      throw this.#writeFailure;
    }
  }

  /** Resolves when all that was written is on the disk; also after a write that failed, for what came before it. */
  async sync(): Promise<void> {
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    try {
      await this.#file.datasync();
    } catch (cause) {
      this.#syncFailure = this.#failure(cause as Error);
      throw this.#syncFailure;
    }
  }

  /** Resolves when `bytes` are on the disk, all of them. */
  async append(bytes: Uint8Array): Promise<void> {
    await this.write(bytes);
    await this.sync();
  }

  /** Takes everything out of it again. */
  async empty(): Promise<void> {
    this.#throwFailure();
    try {
      await this.#file.truncate(0);
      this.#bytes = 0;
    } catch (cause) {
      this.#writeFailure = this.#failure(cause as Error);
      throw this.#writeFailure;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #throwFailure(): void {
    const failure = this.#writeFailure ?? this.#syncFailure;
    if (failure !== undefined) throw failure;
  }

  #failure(cause: Error): RecordingsError {
    return new RecordingsError('ERR_RECORDINGS_FAILED', `${this.#path} can't be written: ${cause.message}`, { cause });
  }
}
