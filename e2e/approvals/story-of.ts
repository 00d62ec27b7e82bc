// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';
import type { ApprovalView } from '@countersign/wire';

/** How often somebody looked, and how often a caller was told to come back, depends on how fast a machine is. */
function isLoose(record: Leaf): boolean {
  return (
    ['approval.seen', 'decision', 'upkeep'].includes(record.type) ||
    (record.type === 'refusal' && record.fault === 'ERR_APPROVAL_PENDING')
  );
}

/** Types of the records of an approval and of the exchange that used it, in order. */
export function storyOf({ id, usedBy }: ApprovalView, records: readonly Leaf[]): readonly string[] {
  const own = records.filter(
    (record) =>
      ('approval' in record && record.approval === id) ||
      ('exchange' in record && record.exchange !== undefined && record.exchange === usedBy),
  );
  return own.filter((record) => !isLoose(record)).map(({ type }) => type);
}
