// SPDX-License-Identifier: Apache-2.0
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';
import { ANYTHING } from '@countersign/policy';

/** What a resource is in says no more than its cluster and its namespace do. */
const PLACES = new Set(['Cluster', 'Namespace']);

/**
 * The attributes that a rule looks at, by name wherever they stand, and `ANYTHING` where it takes resource or context as
 * a whole. What this does not know it walks through, so that nothing in it goes unseen.
 * @see https://docs.cedarpolicy.com/policies/json-format.html
 */
export function readsOf({ resource, conditions }: CedarWasm.PolicyJson): ReadonlySet<string> {
  const reads = new Set<string>();
  const place = 'in' in resource ? resource.in : resource;
  if (place && 'entity' in place && !PLACES.has(typeOf(place.entity))) reads.add(ANYTHING);
  if (place && 'slot' in place) reads.add(ANYTHING);
  for (const { body } of conditions) walk(body, reads);
  return reads;
}

/** The integers in a rule's conditions, wherever they stand. */
export function integersOf({ conditions }: CedarWasm.PolicyJson): ReadonlySet<number> {
  const integers = new Set<number>();
  const collect = (part: unknown): void => {
    if (typeof part === 'number') integers.add(part);
    else if (typeof part === 'object' && part !== null) for (const inner of Object.values(part)) collect(inner);
  };
  for (const { body } of conditions) collect(body);
  return integers;
}

function walk(expression: unknown, reads: Set<string>): void {
  if (typeof expression !== 'object' || expression === null) return;
  if (Array.isArray(expression)) {
    for (const part of expression) walk(part, reads);
    return;
  }
  for (const [operator, operands] of Object.entries(expression)) {
    if (operator === 'Var') {
      if (operands !== 'principal' && operands !== 'action') reads.add(ANYTHING);
    } else if (operator !== 'Value') walkOperands(operator, operands, reads);
  }
}

function walkOperands(operator: string, operands: unknown, reads: Set<string>): void {
  const attributes = attributesOf(operator, operands);
  if (attributes) for (const name of attributes) reads.add(name);
  const passesVariable = attributes !== undefined || asksOnlyPlace(operator, operands);
  const parts = typeof operands === 'object' && operands !== null ? Object.entries(operands) : [];
  for (const [side, part] of parts) {
    if (!(passesVariable && side === 'left' && isVariable(part))) walk(part, reads);
  }
}

/** The names in `left.name` and `left has name.name`. */
function attributesOf(operator: string, operands: unknown): readonly string[] | undefined {
  if (operator !== '.' && operator !== 'has') return undefined;
  if (typeof operands !== 'object' || operands === null || !('attr' in operands)) return undefined;
  const names = [operands.attr].flat();
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

/** `left is Type`, and `left in` what names clusters and namespaces alone. */
function asksOnlyPlace(operator: string, operands: unknown): boolean {
  if (typeof operands !== 'object' || operands === null) return false;
  if (operator === 'is') return !('in' in operands) || isPlace(operands.in);
  return operator === 'in' && 'right' in operands && isPlace(operands.right);
}

function isPlace(expression: unknown): boolean {
  if (typeof expression !== 'object' || expression === null) return false;
  if ('Set' in expression) return Array.isArray(expression.Set) && expression.Set.every(isPlace);
  if (!('Value' in expression)) return false;
  const { Value: value } = expression;
  return typeof value === 'object' && value !== null && '__entity' in value && PLACES.has(typeOf(value));
}

function typeOf(entity: object): string {
  const { type } = ('__entity' in entity ? entity.__entity : entity) as { readonly type?: unknown };
  return typeof type === 'string' ? type : '';
}

function isVariable(expression: unknown): boolean {
  return typeof expression === 'object' && expression !== null && 'Var' in expression;
}
