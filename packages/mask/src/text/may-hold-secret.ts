// SPDX-License-Identifier: Apache-2.0
import { automaton, mayStandAt } from './anchors.ts';
import { nextRun } from './base64-runs.ts';
import { EncodedRuns } from './encoded-runs.ts';

const runs = new EncodedRuns();

/**
 * Whether a text, `bytes[from, to)` without escapes, may hold what `TextScanner` finds: one of its anchors, or base64 of
 * a text. Most texts don't, and need no closer look.
 */
export function mayHoldSecret(bytes: Uint8Array, from: number, to: number): boolean {
  return holdsAnchor(bytes, from, to) || holdsTextRun(bytes, from, to);
}

function holdsAnchor(bytes: Uint8Array, from: number, to: number): boolean {
  const { next, columnOf, firstEnding } = automaton;
  let state = 0;
  for (let at = from; at < to; at++) {
    state = next[state | (columnOf[bytes[at] as number] as number)] as number;
    if (state >= firstEnding && mayStandAt(state, bytes, at + 1, to)) return true;
  }
  return false;
}

function holdsTextRun(bytes: Uint8Array, from: number, to: number): boolean {
  if (nextRun(bytes, from, to) < 0) return false;
  runs.begin(bytes, from, to, false, false);
  return runs.next(to) !== undefined;
}
