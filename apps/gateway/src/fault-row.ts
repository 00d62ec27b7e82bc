// SPDX-License-Identifier: Apache-2.0
import type { StatusReason } from '@countersign/kube';

/** Whose doing it is that the exchange went no further. */
export type FaultOrigin = 'caller' | 'policy' | 'upstream' | 'gateway';

/** How a refusal is recorded: judged and denied, not judged because something could not answer, no proper request, or allowed in vain. */
export type FaultVerdict = 'denied' | 'could not evaluate' | 'invalid' | 'not served';

/** What the table of faults says of one of them. */
export interface FaultRow {
  readonly origin: FaultOrigin;
  readonly verdict: FaultVerdict;
  readonly status: number;
  /** Kubernetes' StatusReason, so that kubectl and client libraries understand. */
  readonly reason: StatusReason;
  /** Seconds for Retry-After; absent where trying again changes nothing. */
  readonly retryAfterSeconds?: number;
  /** Recorded as a count, like refusals of callers that nobody knows: who is over a limit could fill the log. */
  readonly isCounted?: boolean;
  /** For people: what happened and what to do. `{detail}` is filled in from the fault. */
  readonly message: string;
}
