// SPDX-License-Identifier: Apache-2.0
import type { JsonValue, Write } from '@countersign/kube';
import type { HeaderLines } from '../tunnel/clusters.ts';

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
  /** Of what is made: which of the changes, by their places, are at fields that the request itself names. */
  readonly named?: readonly number[];
  /** Of a deletecollection: the objects that it is of, in order. */
  readonly objects?: readonly ListedObject[];
  /** What the API server said to its dry run, in the form that the caller takes; absent until that form is settled. */
  readonly answer?: HeldAnswer;
}

/** An object of a collection, as a delete of its own names it; of what has no namespace that is "". */
export interface ListedObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** An answer of upstream that is kept whole. */
export interface HeldAnswer {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly bytes: Uint8Array;
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
