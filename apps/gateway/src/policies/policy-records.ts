// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { policyDigest } from '@countersign/policy';
import { hash } from './hash.ts';
import { formatProblem } from './policies-error.ts';
import type { LoadedSet, PolicyChange } from './policy-store.ts';

const maxProblemCharacters = 65_536;

/** A change of the policies as the log has it: a record for each set that changed, a removed one as a set of no files. */
export function policyRecords(change: PolicyChange): readonly LogRecord[] {
  if (change.type === 'mended') return [];
  if (change.type === 'rejected') {
    const { problems, rejectedDigest } = change;
    return [
      {
        type: 'policy.rejected',
        set: 'organisation',
        problems: problems.length,
        reason: 'policies-invalid',
        ...(rejectedDigest === undefined ? {} : { digest: hexOf(rejectedDigest) }),
        sealed: { problem: problems.map(formatProblem).join('\n').slice(0, maxProblemCharacters).toWellFormed() },
      },
    ];
  }
  const changed = change.sets.filter(({ digest, previousDigest }) => digest !== previousDigest);
  const removed = change.removed.map((set) => ({ set, digest: policyDigest(hash, []), files: 0 }));
  return [...changed, ...removed].map((set) => loadedRecord(set, change.epoch));
}

function loadedRecord(
  { set, digest, previousDigest, files }: Pick<LoadedSet, 'set' | 'digest' | 'files'> & Partial<LoadedSet>,
  policyEpoch: number,
): LogRecord {
  const previous = previousDigest === undefined ? {} : { previousDigest: hexOf(previousDigest) };
  return { type: 'policy.loaded', set, digest: hexOf(digest), policyEpoch, files, ...previous };
}

/** Records have the hash of a digest without the name of its algorithm. */
function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
