// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonBodyFormat, type JsonValue } from '@countersign/kube';
import { utf8 } from '../json/bytes.ts';
import { memberNode, type PointedAt } from '../rules/node-at.ts';
import { ANY_NAMES, type PathNode, type Treatment } from '../rules/path-node.ts';
import type { MaskingPlan } from '../rules/plan.ts';
import { isCommandLine } from '../walk/command-line.ts';
import { changes } from './patch-operation.ts';

/** Names that say of what stands beside them whether it is a secret. */
const NAMES: ReadonlySet<Treatment | undefined> = new Set<Treatment>(['name', 'scanned-name']);
const UNCOVERING: ReadonlySet<Treatment | undefined> = new Set<Treatment>(['name', 'scanned-name', 'argument']);
/** Strategic merge patches take elements out of lists by it. */
const TAKES_OUT = /^\$deleteFromPrimitiveList\/(?:args|command)$/;
/** And members of objects, all but those that it names. */
const KEEPS_ONLY = '$retainKeys';
const POD_KINDS: ReadonlySet<string> = new Set(['pods', 'podtemplates', 'replicationcontrollers']);

/**
 * Whether a patch may leave a masked value and change what says that it is one: the name beside it, the kind of the Secret
 * within the object that has it, or the flag before it in a command line. Such a patch names no value, and its result, or the next read, would show the one that is there. What
 * really becomes of it only the object can tell. A whole list, and a whole object that is put bring their values along.
 */
export function mayUncover(format: JsonBodyFormat, patch: JsonValue, plan: MaskingPlan): boolean {
  const { rules } = plan;
  if (rules.isStrict) return false;
  switch (format) {
    case 'json':
      return false;
    case 'json-patch':
      return !isJsonArray(patch) || patch.some((operation) => changes(operation, rules, saysWhatItIs));
    case 'merge-patch':
      return renames(patch, rules.object, false);
    case 'strategic-merge-patch':
      return renames(patch, rules.object, true);
    case 'apply':
      // What it does not name it takes away, where nobody else does.
      return hasFreeNames(rules.object) || hasPods(plan) || renames(patch, rules.object, true);
    default:
      return true;
  }
}

function saysWhatItIs({ name, node }: PointedAt): boolean {
  return UNCOVERING.has(node.leaf?.treatment) || isKindOfOther(name, node) || isCommand(name, node);
}

/**
 * Whether an object that is merged with the one that is there has a name of its own, or a command line. In built-in
 * objects a name tells elements of a list apart, and can't be changed so; `args` are put whole, but `command` without them.
 */
function renames(value: JsonValue, node: PathNode, inLists: boolean): boolean {
  if (isJsonArray(value)) return inLists && renamesInList(value, node);
  const { object } = node;
  if (!isJsonObject(value) || object === undefined) return false;
  const isFree = hasFreeNames(node);
  return [...value].some(([name, member]) => {
    if (TAKES_OUT.test(name)) return true;
    if (name === KEEPS_ONLY && (isFree || keepsArgsAlone(member))) return true;
    const there = memberNode(object, utf8(name));
    if (isCommand(name, there)) return true;
    const isName = NAMES.has(there.leaf?.treatment) || isKindOfOther(name, there);
    return (isFree && isName) || renames(member, there, inLists);
  });
}

function renamesInList(list: readonly JsonValue[], { object, array }: PathNode): boolean {
  const elements = array?.elements;
  if (elements === undefined) return false;
  if (elements.leaf?.treatment === 'argument') return object?.pairNames === ANY_NAMES;
  return list.some((element) => renames(element, elements, true));
}

/** Whether a member says of an object within another one that it is a Secret; the kind of the object itself stays. */
function isKindOfOther(name: string, { leaf }: PathNode): boolean {
  return name === 'kind' && leaf?.treatment !== 'plain';
}

/** Whether a list is a command line whose last flag says of the first of `args` what that is. */
function isCommand(name: string, node: PathNode): boolean {
  return name === 'command' && isCommandLine(node);
}

/** Whether objects have pods, with commands that an apply may take away by not naming them. */
function hasPods({ group, resource }: MaskingPlan): boolean {
  return ['apps', 'batch'].includes(group) || (group === '' && POD_KINDS.has(resource));
}

/** Whether of a command line only what stands behind its first part is kept. */
function keepsArgsAlone(kept: JsonValue): boolean {
  return !isJsonArray(kept) || (kept.includes('args') && !kept.includes('command'));
}

/** Whether names can be anything here, as in custom resources. */
function hasFreeNames({ object }: PathNode): boolean {
  return object?.pairNames === ANY_NAMES;
}
