// SPDX-License-Identifier: Apache-2.0

const TAB = 0x09;
const DELETE = 0x7f;

/** 1 for each byte that a terminal obeys instead of showing it; tab and line feed are shown. */
export const IS_CONTROL: Uint8Array = new Uint8Array(256).map((_, byte) =>
  (byte < 0x20 && byte !== TAB && byte !== 0x0a) || byte === DELETE ? 1 : 0,
);

/** In a run of text: a byte that is shown, one that is passed over, one that ends the run. */
const SHOWN = 1;
const PASSED = 0;
export const ENDS_RUN = 2;

/** A table in which these bytes end a run; other control bytes, and what is `passed`, show nothing. */
export function runTable(ends: readonly number[], passed: (byte: number) => boolean = () => false): Uint8Array {
  return IS_CONTROL.map((isControl, byte) => {
    if (ends.includes(byte)) return ENDS_RUN;
    return isControl === 1 || passed(byte) ? PASSED : SHOWN;
  });
}

/** The first control byte at or after `from`; `to` if there is none. */
export function nextControl(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && IS_CONTROL[bytes[at] as number] === 0) at++;
  return at;
}
