// SPDX-License-Identifier: Apache-2.0
import { jsonAt, KubeError, parseJson, type SeenObject } from '@countersign/kube';
import { type LiveFacts, liveFactsOf, type ObjectChange, PolicyError, usualContainers } from '@countersign/policy';

/** An object as the API server gave it, and what a request does to it. Plain data: it may go to another thread. */
export interface SightQuestion {
  readonly live: Uint8Array;
  readonly change: ObjectChange;
}

/**
 * What was seen of an object: its facts, which version of it they are of, and the containers of which a session is in the
 * only one; or why it can't be read. Plain data.
 */
export type Sighting =
  | {
      readonly kind: 'seen';
      readonly live: LiveFacts;
      readonly seen: SeenObject;
      /** None where its metadata alone was asked for. */
      readonly containers: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Reads an object, or its metadata. Takes time in proportion to its length. */
export function seeObject({ live: bytes, change }: SightQuestion): Sighting {
  try {
    const object = parseJson(bytes);
    const live = liveFactsOf(object, change);
    const version = jsonAt(object, 'metadata', 'resourceVersion');
    const seen = { uid: live.uid, ...(typeof version === 'string' ? { resourceVersion: version } : {}) };
    return { kind: 'seen', live, seen, containers: usualContainers(object) };
  } catch (error) {
    if (!(error instanceof KubeError || error instanceof PolicyError)) throw error;
    return { kind: 'unreadable', detail: error.message };
  }
}
