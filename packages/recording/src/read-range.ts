// SPDX-License-Identifier: Apache-2.0
import type { SizedSource } from './block-reader.ts';

/** A file of which each read may give less than was asked for, as a system call does: 0 bytes at its end alone. */
export interface PartlyRead {
  read(into: Uint8Array, at: number, length: number, offset: number): Promise<{ readonly bytesRead: number }>;
}

/** A file that also says how long it is at this moment. */
export interface SizedFile extends PartlyRead {
  stat(): Promise<{ readonly size: number }>;
}

/** `length` bytes from `offset`, fewer only where the file ends at this moment; a buffer of its own. */
export async function readRange(file: PartlyRead, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** A recording that lies in a file. */
export function sourceOfFile(file: SizedFile): SizedSource {
  return {
    length: async () => (await file.stat()).size,
    read: (offset, length) => readRange(file, offset, length),
  };
}
