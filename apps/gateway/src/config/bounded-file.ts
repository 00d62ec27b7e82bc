// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';

/** The bytes of a file, or in words why there are none. */
export type FileReading = { readonly bytes: Buffer } | { readonly problem: string };

function inWords({ code }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'is not there';
    case 'EISDIR':
      return 'is a directory';
    case 'EACCES':
      return "can't be read: permission denied";
    default:
      return `can't be read (${code})`;
  }
}

/** Reads a file, pipe or device of at most `maxBytes`, and never more than that of it. */
export async function readBoundedFile(path: string, maxBytes: number): Promise<FileReading> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of createReadStream(path, { end: maxBytes })) {
      chunks.push(chunk);
      length += chunk.length;
    }
  } catch (error) {
    return { problem: inWords(error as NodeJS.ErrnoException) };
  }
  return length > maxBytes ? { problem: `is longer than ${maxBytes} bytes` } : { bytes: Buffer.concat(chunks) };
}
