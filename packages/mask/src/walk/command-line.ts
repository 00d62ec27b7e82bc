// SPDX-License-Identifier: Apache-2.0
import { isRedisClient, isShortAuth, type NameJudge, secretArgument } from '../rules/argument.ts';
import { type Naming, SECRET_NAME, UNNAMED } from './finding.ts';
import type { Frame } from './frame.ts';

const DASH = 0x2d;
const EQUALS = 0x3d;

/** The list that a command line, or a part of it, stands in, and the object that it is a member of. */
interface CommandLine {
  readonly list: Frame;
  readonly owner: Frame | undefined;
}

/** What the elements before one, `bytes[from, to)`, say of it, or it of itself; it is remembered for those that follow. */
export function namingOfArgument(
  line: CommandLine,
  bytes: Uint8Array,
  from: number,
  to: number,
  isSecret: NameJudge,
): Naming {
  const { list } = line;
  const isValue = list.awaitsValue && bytes[from] !== DASH;
  const valueAt = isValue ? -1 : secretArgument(bytes, from, to, isSecret);
  list.awaitsValue = (valueAt === to && bytes[to - 1] !== EQUALS) || isRedisFlag(line, bytes, from, to);
  if (isValue) return SECRET_NAME;
  return valueAt >= 0 && valueAt < to ? { isSecret: false } : UNNAMED;
}

/** Whether an element is the `-a` of a client of Redis: `command` names the client, and `args` has the rest. */
function isRedisFlag({ list, owner }: CommandLine, bytes: Uint8Array, from: number, to: number): boolean {
  const isClient = isRedisClient(bytes, from, to);
  if (!isClient && !isShortAuth(bytes, from, to)) return false;
  // What stands beside the list says what becomes of it.
  list.isQuiet = false;
  if (isClient) list.isOfRedis = true;
  if (isClient && owner !== undefined) owner.isOfRedis = true;
  return !isClient && (list.isOfRedis || owner?.isOfRedis === true);
}
