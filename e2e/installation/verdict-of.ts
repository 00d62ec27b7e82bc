// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { Leaf } from '@countersign/evidence';

type Refusal = Extract<Leaf, { type: 'refusal' }>;

/** The decision of a refusal without what is of this one alone. */
export function verdictOf(refusal: Refusal | undefined) {
  const { effect, reason, rules, policyDigest } = refusal?.decision ?? assert.fail('it was not decided');
  return { effect, reason, rules, policyDigest };
}
