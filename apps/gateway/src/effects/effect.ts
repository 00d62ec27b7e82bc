// SPDX-License-Identifier: Apache-2.0
import type { JsonValue, Write } from '@countersign/kube';

/** One field that a write would change, as an approver sees it: texts of JSON, with `(masked)` for what is masked. */
export interface Change {
  /** `spec.template.spec.containers[name=app].image`. */
  readonly path: string;
  /** Absent where the field is not there. Cut where it is long, around where both sides begin to differ. */
  readonly before?: string;
  readonly after?: string;
}

/** What an exchange would do, as the API server says it would. Plain data: it can be stored. */
export interface Effect {
  /**
   * 32 bytes that no other effect has: what an approval is bound to beside the request. Keyed, as a Secret's values are
   * among what it covers. Of an object that is made it says no more than that there was none; its body says the rest.
   */
  readonly digest: Uint8Array;
  /** The object as it is now; absent where there is none yet. */
  readonly object: { readonly uid: string; readonly resourceVersion: string } | undefined;
  /** A sentence about the whole: `delete configmaps settings in namespace demo; propagation Background`. */
  readonly summary: string;
  /** Masked, and bounded in count and length. */
  readonly changes: readonly Change[];
  /** How many changes are not shown, or not to their ends: who countersigns must say that they know. */
  readonly omitted: number;
}

/** An object as it came, and parsed. */
export interface Document {
  readonly bytes: Uint8Array;
  readonly value: JsonValue;
}

/** A write, and the object before and after it; undefined is none. */
export interface Outcome {
  readonly write: Write;
  readonly before: Document | undefined;
  readonly after: Document | undefined;
}
