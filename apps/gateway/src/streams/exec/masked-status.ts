// SPDX-License-Identifier: Apache-2.0
import type { StreamStatus } from '@countersign/kube';
import type { StreamMask } from '@countersign/mask';

/** How a command ended, as its caller may hear it. */
export interface MaskedStatus {
  readonly status: StreamStatus;
  /** How many values each rule masked in it. */
  readonly masked: Readonly<Record<string, number>>;
}

/** What upstream says went wrong is a text like any other, and may quote what stands in a container: masked as one. */
export function maskedStatus(status: StreamStatus, newMask: (() => StreamMask) | undefined): MaskedStatus {
  if (status.outcome === 'success' || newMask === undefined) return { status, masked: {} };
  const message = newMask();
  if (status.outcome === 'exit') {
    return { status: { ...status, message: textThrough(message, status.message) }, masked: message.counts() };
  }
  const reason = newMask();
  const said = { message: textThrough(message, status.message), reason: textThrough(reason, status.reason) };
  return { status: { ...status, ...said }, masked: sumOf(message.counts(), reason.counts()) };
}

/** Counts of both, by rule. */
export function sumOf(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...one };
  for (const [rule, count] of Object.entries(other)) sum[rule] = (sum[rule] ?? 0) + count;
  return sum;
}

function textThrough(mask: StreamMask, text: string): string {
  // No time passes in it: what it holds it gives at its end. What it gives may be its own until it is called again.
  const begun = Buffer.from(mask.push(Buffer.from(text), 0));
  return Buffer.concat([begun, mask.end()]).toString();
}
