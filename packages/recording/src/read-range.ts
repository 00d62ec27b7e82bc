// SPDX-License-Identifier: Apache-2.0

/** A file of which each read may give less than was asked for, as a system call does: 0 bytes at its end alone. */
export interface PartlyRead {
  read(into: Uint8Array, at: number, length: number, offset: number): Promise<{ readonly bytesRead: number }>;
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
