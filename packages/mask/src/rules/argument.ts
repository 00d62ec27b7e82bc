// SPDX-License-Identifier: Apache-2.0
import { isIn, NAME_BYTE } from '../text/byte-class.ts';

const DASH = 0x2d;
const EQUALS = 0x3d;

/** Whether a name, in `bytes[from, to)`, is that of a secret. */
export type NameJudge = (bytes: Uint8Array, from: number, to: number) => boolean;

/**
 * Where in an element of a command line, `bytes[from, to)`, the value of a secret begins: behind the equals sign of
 * `--token=x`, `-token=x` or `TOKEN=x`; at `to` if it is the next element, as after `--token`; -1 if there is none.
 */
export function secretArgument(bytes: Uint8Array, from: number, to: number, isSecret: NameJudge): number {
  let nameStart = from;
  while (nameStart < to && bytes[nameStart] === DASH) nameStart++;
  let nameEnd = nameStart;
  while (nameEnd < to && isIn(bytes[nameEnd], NAME_BYTE)) nameEnd++;
  const isFlag = nameStart > from;
  const isAssigned = nameEnd < to && bytes[nameEnd] === EQUALS;
  if (nameEnd === nameStart || !(isAssigned || (isFlag && nameEnd === to))) return -1;
  if (!isSecret(bytes, nameStart, nameEnd)) return -1;
  return isAssigned ? nameEnd + 1 : to;
}
