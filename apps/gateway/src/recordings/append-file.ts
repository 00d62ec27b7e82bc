// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import { RecordingsError } from './recordings-error.ts';

/** A file that is only appended to. A failed write or sync is never tried again: after one nothing is taken any more. */
export class AppendFile {
  readonly #file: FileHandle;
  readonly #path: string;
  #bytes = 0;
  #failure: RecordingsError | undefined;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** A new file, readable for its owner; the directory is for the caller to sync. */
  static async create(path: string): Promise<AppendFile> {
    return new AppendFile(await open(path, 'wx', 0o600), path);
  }

  /** Resolves when `bytes` are on the disk, all of them. */
  async append(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await this.#write(bytes);
      await this.#file.datasync();
      this.#bytes += bytes.length;
    } catch (cause) {
      const message = `${this.#path} can't be written: ${(cause as Error).message}`;
      this.#failure = new RecordingsError('ERR_RECORDINGS_FAILED', message, { cause });
      throw this.#failure;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** A system call may take a part only: of a full disk the part comes first, the error after it. */
  async #write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const at = this.#bytes + written;
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, at);
      if (bytesWritten === 0) throw new RecordingsError('ERR_RECORDINGS_FAILED', 'the system wrote nothing');
      written += bytesWritten;
    }
  }
}
