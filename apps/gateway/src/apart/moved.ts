// SPDX-License-Identifier: Apache-2.0

/**
 * What to move with a message to another thread: the memory of these bytes where they fill it. Short ones stand in memory
 * that they share with others, which can't be moved: they are copied.
 */
export function moved({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return byteLength === buffer.byteLength && buffer instanceof ArrayBuffer ? [buffer] : [];
}
