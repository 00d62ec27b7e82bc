// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { isPluralOfSecrets, isSecretName } from '../text/secret-name.ts';
import { isCredentialHeader } from './credential-header.ts';
import { keep, type ObjectRules, type PathNode } from './path-node.ts';

/** Where a JSON pointer leads in a path table. */
export interface PointedAt {
  readonly node: PathNode;
  /** The name at its end. */
  readonly name: string;
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
  for (const part of pointer.split('/').slice(1)) {
    name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    node = node && childOf(node, utf8(name), part);
  }
  return node && { node, name };
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
export function memberNode({ members, others, secrets }: ObjectRules, name: Uint8Array): PathNode {
  const named = members.get(name, 0, name.length);
  if (named !== undefined) return named;
  if (secrets === undefined) return others;
  if (isSecretName(name, 0, name.length)) return secrets.one;
  const { length } = name;
  return isPluralOfSecrets(name, 0, length) || isCredentialHeader(name, 0, length) ? secrets.several : others;
}

/** Whether nothing that stands here, whatever it is, or below is ever masked. */
export function neverMasks({ leaf, object, array }: PathNode, depth = 0): boolean {
  if (depth === MAX_DEPTH) return false;
  if (object !== undefined && !(object.members.size === 0 && neverMasks(object.others, depth + 1))) return false;
  if (array !== undefined && !neverMasks(array.elements, depth + 1)) return false;
  if (object !== undefined || array !== undefined) return true;
  return leaf === undefined || leaf.demand === 'nothing' || leaf.demand === 'learn';
}
