// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@countersign/policy';

/** Whether nothing opens it, not even a countersignature: it is denied, or could not be decided. */
export function isDenied({ effect }: Decision): boolean {
  return effect !== 'allow' && effect !== 'ask';
}
