// SPDX-License-Identifier: Apache-2.0
import type { Leaf, LogRecord } from '@countersign/evidence';

/** Whether a record tells for certain what became of a write: it was done, or it was not. */
export function isSettling<R extends LogRecord | Leaf>(
  record: R,
): record is Extract<R, { readonly type: 'outcome' | 'refusal' }> {
  return record.type === 'refusal' || (record.type === 'outcome' && record.result !== 'unknown');
}
