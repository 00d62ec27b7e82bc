// SPDX-License-Identifier: Apache-2.0
import { isIn, NAME_BYTE, standsAt } from '../text/byte-class.ts';
import { REDIS_CLIENTS } from '../text/redis-client.ts';
import { isAuthFlag } from '../text/secret-name.ts';

const DASH = 0x2d;
const EQUALS = 0x3d;
const SLASH = 0x2f;
const SMALL_A = 0x61;

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
  if (!isSecret(bytes, nameStart, nameEnd) && !isAuthFlag(bytes, from, nameEnd)) return -1;
  return isAssigned ? nameEnd + 1 : to;
}

/** Whether an element of a command line is a client of Redis, whose `-a` has a password behind it. */
export function isRedisClient(bytes: Uint8Array, from: number, to: number): boolean {
  return REDIS_CLIENTS.some((name) => {
    const start = to - name.length;
    return start >= from && standsAt(bytes, start, to, name) && (start === from || bytes[start - 1] === SLASH);
  });
}

/** Whether an element is `-a` and nothing else. */
export function isShortAuth(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === 2 && bytes[from] === DASH && bytes[from + 1] === SMALL_A;
}
