// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonBodyFormat, type JsonObject, type JsonValue } from '@countersign/kube';
import { utf8 } from '../json/bytes.ts';
import { memberNode, neverMasks, type PointedAt } from '../rules/node-at.ts';
import type { PathNode, Treatment } from '../rules/path-node.ts';
import type { MaskingPlan } from '../rules/plan.ts';
import { changes } from './patch-operation.ts';

/** What may be masked here is masked wherever else it stands in the object. */
const NAMING: ReadonlySet<Treatment | undefined> = new Set<Treatment>([
  ...(['free', 'annotation', 'pair', 'argument', 'config', 'binary', 'embedded-json', 'text', 'base64'] as const),
  ...(['several', 'several-pair', 'named', 'named-pair'] as const),
]);

/**
 * Whether a write may take or replace a value that is masked, as a patch with `password: null` does. Where the same value
 * stands elsewhere in the object, quoted in a note, it is masked there only because it stands here too; only the object
 * can tell. What is put (`isPut`) brings one half of the object along, and leaves the other: its status, or all but that.
 */
export function mayUnname(
  format: JsonBodyFormat,
  written: JsonValue,
  { rules }: MaskingPlan,
  { isPut }: { readonly isPut: boolean },
): boolean {
  switch (format) {
    case 'json':
      return isPut;
    case 'json-patch':
      return !isJsonArray(written) || written.some((operation) => changes(operation, rules, takesName));
    case 'merge-patch':
      return loses(written, rules.object, false);
    case 'strategic-merge-patch':
      return loses(written, rules.object, true);
    default:
      // What an apply does not name it takes away, where nobody else does.
      return true;
  }
}

function takesName({ node }: PointedAt, operation: JsonObject): boolean {
  return mayName(node, operation.get('op') === 'remove' ? null : (operation.get('value') ?? null));
}

function loses(value: JsonValue, node: PathNode, inLists: boolean): boolean {
  if (isJsonArray(value)) {
    const elements = node.array?.elements;
    if (!inLists || elements === undefined || value.some((element) => !isJsonObject(element)))
      return mayName(node, value);
    return value.some((element) => loses(element, elements, true));
  }
  const { object } = node;
  if (!isJsonObject(value) || object === undefined) return mayName(node, value);
  if (inLists && [...value.keys()].some(isTaking) && mayName(node, null)) return true;
  return [...value].some(
    ([name, member]) => !name.startsWith('$') && loses(member, memberNode(object, utf8(name)), inLists),
  );
}

/** Directives of strategic merge patches but that which only says in which order elements stand. */
function isTaking(name: string): boolean {
  return name.startsWith('$') && !name.startsWith('$setElementOrder/');
}

/** Whether what stands here may be masked; where a scalar takes its place it is one, but in custom resources. */
function mayName(node: PathNode, next: JsonValue): boolean {
  const isScalar = next !== null && !isJsonArray(next) && !isJsonObject(next);
  return isScalar ? NAMING.has(node.leaf?.treatment) : !neverMasks(node);
}
