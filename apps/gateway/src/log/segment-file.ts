// SPDX-License-Identifier: Apache-2.0
import { close, fdatasync, fsync, open, rename, write } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { syncDirectory } from './durable-file.ts';
import { LogError } from './log-error.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const renameFile = promisify(rename);
const syncData = promisify(fdatasync);
const syncAll = promisify(fsync);
const ZEROES = Buffer.alloc(1_048_576);

/**
 * One file of the write-ahead log: written with zeroes to its full length first, so that later writes change no
 * metadata and a sync has less to do. A failed write or sync is never tried again.
 */
export class SegmentFile {
  readonly #fd: number;
  #path: string;
  #bytes: number;

  private constructor(path: string, fd: number, bytes: number) {
    this.#path = path;
    this.#fd = fd;
    this.#bytes = bytes;
  }

  /** A new file, zeroed and synced. */
  static async create(path: string, bytes: number): Promise<SegmentFile> {
    const file = new SegmentFile(path, await openFile(path, 'wx', 0o600), 0);
    try {
      await file.growTo(bytes);
    } catch (error) {
      await file.close();
      throw error;
    }
    return file;
  }

  /** A file that has its full length already. */
  static async open(path: string, bytes: number): Promise<SegmentFile> {
    return new SegmentFile(path, await openFile(path, 'r+'), bytes);
  }

  /** Length of the file. */
  get bytes(): number {
    return this.#bytes;
  }

  get path(): string {
    return this.#path;
  }

  /** Appends zeroes, synced. */
  async growTo(bytes: number): Promise<void> {
    while (this.#bytes < bytes) {
      const piece = ZEROES.subarray(0, Math.min(ZEROES.length, bytes - this.#bytes));
      await this.write(piece, this.#bytes);
      this.#bytes += piece.length;
    }
    await syncAll(this.#fd);
  }

  /** Writes all of `bytes`: a system call may take a part of them only. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      written += await writeSome(this.#fd, bytes, written, position + written);
    }
  }

  /** Resolves when what was written is on the disk. */
  async sync(): Promise<void> {
    await syncData(this.#fd);
  }

  /** Renames the file, for good: both directories are synced. */
  async moveTo(path: string): Promise<void> {
    const from = dirname(this.#path);
    await renameFile(this.#path, path);
    this.#path = path;
    await syncDirectory(dirname(path));
    await syncDirectory(from);
  }

  async close(): Promise<void> {
    await closeFile(this.#fd);
  }
}

function writeSome(fd: number, bytes: Uint8Array, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, offset, bytes.length - offset, position, (error, count) => {
      if (error !== null) reject(error);
      else if (count === 0) reject(new LogError('ERR_LOG_NO_SPACE', 'the system wrote nothing'));
      else resolve(count);
    });
  });
}
