// SPDX-License-Identifier: Apache-2.0

/** The bytes of a text in hex. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
