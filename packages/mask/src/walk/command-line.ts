// SPDX-License-Identifier: Apache-2.0
import { bytesEqual, utf8 } from '../json/bytes.ts';
import { isRedisClient, isShortAuth, type NameJudge, secretArgument } from '../rules/argument.ts';
import type { PathNode } from '../rules/path-node.ts';
import { isOpaqueWord } from '../text/distinctive.ts';
import { type Naming, SECRET_NAME, UNNAMED } from './finding.ts';
import type { Frame } from './frame.ts';

const DASH = 0x2d;
const EQUALS = 0x3d;
const COMMAND = utf8('command');

/**
 * A list that a command line, or a part of it, stands in, and the object that it is a member of, `args` perhaps before
 * `command`.
 */
interface CommandLine {
  readonly list: Frame;
  readonly owner: Frame;
  readonly isCommand: boolean;
}

/** Whether elements of a list are those of a command line: what stands beside it says what becomes of them. */
export function isCommandLine({ array }: PathNode): boolean {
  return array?.elements.leaf?.treatment === 'argument';
}

/** Whether a list is a command line's beginning: before `args` in built-in objects, behind it where members are sorted. */
export function isCommandName(bytes: Uint8Array, from: number, to: number): boolean {
  return bytesEqual(bytes.subarray(from, to), COMMAND);
}

/** What the elements before one, `bytes[from, to)`, say of it, or it of itself; it is remembered for those that follow. */
export function namingOfArgument(
  line: CommandLine,
  bytes: Uint8Array,
  from: number,
  to: number,
  isSecret: NameJudge,
): Naming {
  const { list, owner, isCommand } = line;
  const isFurtherFlag = bytes[from] === DASH && !mayBeValue(bytes, from, to);
  const awaited = isFurtherFlag ? undefined : (list.awaited ?? firstOfArgs(line));
  const isValue = awaited?.isSecret === true;
  const valueAt = isValue ? -1 : secretArgument(bytes, from, to, isSecret);
  const isFlag = valueAt === to && bytes[to - 1] !== EQUALS;
  list.awaited = isFlag ? SECRET_NAME : namingBehindRedisFlag(line, bytes, from, to);
  if (isCommand) {
    owner.firstOfArgs ??= { isSecret: false };
    owner.firstOfArgs.isSecret = list.awaited?.isSecret === true;
  }
  if (awaited !== undefined) return awaited;
  return valueAt >= 0 && valueAt < to ? { isSecret: false } : UNNAMED;
}

/** Whether what begins with a dash is a value as well: one dash, and more than a word behind it, as of a random token. */
function mayBeValue(bytes: Uint8Array, from: number, to: number): boolean {
  const text = bytes.subarray(from + 1, to);
  return text[0] !== DASH && !text.includes(EQUALS) && isOpaqueWord(text);
}

/** Of the first of `args`, what the last of `command` says of it, or will say. */
function firstOfArgs({ list, owner, isCommand }: CommandLine): Naming | undefined {
  if (isCommand || list.count !== 1 || owner === list) return undefined;
  if (owner.firstOfArgs?.isSecret === false) return undefined;
  owner.firstOfArgs ??= { isSecret: false };
  return owner.firstOfArgs;
}

/** Of what follows `-a`, whether the line is of a client of Redis, which `command` says, before or after. */
function namingBehindRedisFlag(
  { list, owner }: CommandLine,
  bytes: Uint8Array,
  from: number,
  to: number,
): Naming | undefined {
  const isClient = isRedisClient(bytes, from, to);
  if (!isClient && !isShortAuth(bytes, from, to)) return undefined;
  // What stands beside the list says what becomes of it.
  list.isQuiet = false;
  owner.ofRedis ??= { isSecret: false };
  if (isClient) owner.ofRedis.isSecret = true;
  return isClient ? undefined : owner.ofRedis;
}
