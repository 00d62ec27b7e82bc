// SPDX-License-Identifier: Apache-2.0
import { parseFieldSelector } from '@countersign/kube';
import { nodeAt } from './node-at.ts';
import type { Treatment } from './path-node.ts';
import type { MaskingPlan } from './plan.ts';

/** Of what stands here, all of it may be masked. */
const WHOLE: readonly Treatment[] = ['base64', 'text', 'named', 'named-pair', 'several', 'several-pair', 'pair'];

/**
 * The first field of a field selector whose value may be masked: who selects by it learns from the answer whether a guess
 * is right. undefined if there is none. Custom resources may make any field one to select by.
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#crd-selectable-fields
 */
export function findSelectedValue(fieldSelector: string, { rules }: MaskingPlan): string | undefined {
  return parseFieldSelector(fieldSelector)
    .map(({ field }) => field)
    .find((field) => {
      const place = nodeAt(rules.object, `/${field.replaceAll('.', '/')}`);
      const leaf = place?.node.leaf;
      return place?.isBelowData === true || (leaf !== undefined && WHOLE.includes(leaf.treatment));
    });
}
