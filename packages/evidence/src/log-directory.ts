// SPDX-License-Identifier: Apache-2.0

/** One thing in a directory. */
export interface DirectoryItem {
  readonly name: string;
  /** `other`: anything that is neither, symbolic links included. */
  readonly kind: 'file' | 'directory' | 'other';
  /** Length of a file. */
  readonly bytes: number;
}

/**
 * A log directory as a verifier sees it. Paths are relative to it, with `/`; the directory itself is `''`.
 * Implementations MUST NOT follow symbolic links.
 */
export interface LogDirectory {
  /** Everything in a directory, in any order; nothing for one that isn't there. */
  list(path: string): AsyncIterable<DirectoryItem>;
  /** At most `length` bytes from `offset`, fewer only at the file's end; undefined when there is no such file. The bytes are the caller's to keep. */
  read(path: string, offset: number, length: number): Promise<Uint8Array | undefined>;
}
