// SPDX-License-Identifier: Apache-2.0

const TAB = 0x09;
const DELETE = 0x7f;

/** 1 for each byte that a terminal obeys instead of showing it; tab and line feed are shown. */
export const IS_CONTROL: Uint8Array = new Uint8Array(256).map((_, byte) =>
  (byte < 0x20 && byte !== TAB && byte !== 0x0a) || byte === DELETE ? 1 : 0,
);

/** The first control byte at or after `from`; `to` if there is none. */
export function nextControl(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && IS_CONTROL[bytes[at] as number] === 0) at++;
  return at;
}
