// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { isAboutSecret, isPasswordName, isPluralOfSecrets, isSecretName } from '../text/secret-name.ts';
import type { NameJudge } from './argument.ts';
import { isCredentialHeader } from './credential-header.ts';
import { pairRole } from './pair-member.ts';
import { keep, type ObjectRules, type PathNode } from './path-node.ts';
import { DATA_MEMBERS } from './value-members.ts';

/** Where a JSON pointer leads in a path table. */
export interface PointedAt {
  readonly node: PathNode;
  /** The name at its end. */
  readonly name: string;
  /** Whether it stands below `data` or `stringData` of what may be a Secret, as a `kind` beside those says. */
  readonly isBelowData: boolean;
}

/** All that the API server takes for a position, `-1` for the last one included. */
const INDEX = /^(?:-|[+-]?\d+)$/;
/** Deeper than this nobody looks; no table needs it. */
const MAX_DEPTH = 8;

/**
 * The node of the value that a JSON pointer names, `/spec/containers/0/image`; undefined for what is no pointer, or leads
 * to where nothing can stand.
 * @see RFC 6901
 */
export function nodeAt(table: PathNode, pointer: string): PointedAt | undefined {
  if (pointer !== '' && !pointer.startsWith('/')) return undefined;
  let node: PathNode | undefined = table;
  let name = '';
  let isBelowData = false;
  for (const part of pointer.split('/').slice(1)) {
    name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    isBelowData ||= node?.object?.mayBeManifest === true && DATA_MEMBERS.includes(name);
    node = node && childOf(node, utf8(name), part);
  }
  return node && { node, name, isBelowData };
}

function childOf({ leaf, object, array }: PathNode, name: Uint8Array, part: string): PathNode | undefined {
  const element = INDEX.test(part) ? array?.elements : undefined;
  const member = object === undefined ? undefined : memberNode(object, name);
  // Which of the two it is only the object knows.
  if (element !== undefined && member !== undefined && element !== member) return undefined;
  const isKept = leaf === undefined && object === undefined && array === undefined;
  return element ?? member ?? (isKept ? keep : undefined);
}

/** The node of a member. */
export function memberNode(rules: ObjectRules, name: Uint8Array): PathNode {
  return rules.members.get(name, 0, name.length) ?? unnamedNode(rules, name, 0, name.length, isSecretName);
}

/** The node of a member that rules don't name, by what its name, `bytes[from, to)`, says. */
export function unnamedNode(
  { others, secrets, about, pairs }: ObjectRules,
  bytes: Uint8Array,
  from: number,
  to: number,
  isSecret: NameJudge,
): PathNode {
  if (secrets === undefined) return others;
  const role = pairs === undefined ? undefined : pairRole(bytes, from, to);
  const isAbout = about !== undefined && isAboutSecret(bytes, from, to);
  const isOne = isSecret(bytes, from, to);
  if (role === 'name' && !isOne && (about === undefined || isAbout)) return pairs?.name ?? others;
  if (isAbout) return about;
  if (isOne) return isEither(bytes, from, to) ? secrets.either : secrets.one;
  if (isPluralOfSecrets(bytes, from, to) || isCredentialHeader(bytes, from, to)) return secrets.several;
  return role === 'value' ? (pairs?.value ?? others) : others;
}

/** Whether a name, `bytes[from, to)`, is that of a secret or of several. */
export function isNameOfSecrets(bytes: Uint8Array, from: number, to: number, isSecret: NameJudge): boolean {
  return to > from && (isSecret(bytes, from, to) || isPluralOfSecrets(bytes, from, to));
}

/** Below `credentials` there are names and addresses as often as values, below `passwords` there are none. */
function isEither(bytes: Uint8Array, from: number, to: number): boolean {
  return isPluralOfSecrets(bytes, from, to) && !isPasswordName(bytes, from, to);
}

/** Whether nothing that stands here, whatever it is, or below is ever masked. */
export function neverMasks({ leaf, object, array }: PathNode, depth = 0): boolean {
  if (depth === MAX_DEPTH) return false;
  if (object !== undefined && !(object.members.size === 0 && neverMasks(object.others, depth + 1))) return false;
  if (array !== undefined && !neverMasks(array.elements, depth + 1)) return false;
  if (object !== undefined || array !== undefined) return true;
  return leaf === undefined || leaf.demand === 'nothing' || leaf.demand === 'learn';
}
