// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, type JsonValue, jsonAt, type Lane } from '@countersign/kube';
import { usualContainers } from '@countersign/policy';
import { Fault } from '../faults.ts';
import { documentOf } from './document-of.ts';

/** Where a pod has containers that a session can reach into, and where it says what runs in them. */
const LISTS = [
  ['containers', 'containerStatuses'],
  ['initContainers', 'initContainerStatuses'],
  ['ephemeralContainers', 'ephemeralContainerStatuses'],
] as const;

/** A session, and the pod that it is for. Plain data: it may go to another thread. */
export interface PlaceQuestion {
  readonly lane: Lane;
  /** The container that it names; "" for none. */
  readonly container: string;
  readonly pod: Uint8Array;
}

/** What a session reaches into. */
export interface Place {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Of an exec or attach. */
  readonly container?: Container;
}

interface Container {
  readonly name: string;
  readonly image: string;
  /** What the node runs of it: a tag may name another image tomorrow. "" where it does not say. */
  readonly imageId: string;
}

function unknown(why: string): Fault {
  return new Fault('ERR_EFFECT_UNKNOWN', why);
}

function textAt(value: JsonValue | undefined, ...path: readonly string[]): string {
  const text = jsonAt(value, ...path);
  return typeof text === 'string' ? text : '';
}

function itemsAt(value: JsonValue, ...path: readonly string[]): readonly JsonValue[] {
  const items = jsonAt(value, ...path);
  return isJsonArray(items) ? items : [];
}

/** The container that the API server would take: the one that is named, or the only one. */
function containerOf(pod: JsonValue, named: string): Container | Fault {
  const usual = usualContainers(pod);
  const name = named === '' && usual.length === 1 ? usual[0] : named;
  if (!name) return unknown('the pod has several containers; name one of them');
  for (const [list, statuses] of LISTS) {
    const found = itemsAt(pod, 'spec', list).find((one) => textAt(one, 'name') === name);
    const status = itemsAt(pod, 'status', statuses).find((one) => textAt(one, 'name') === name);
    if (found) return { name, image: textAt(found, 'image'), imageId: textAt(status, 'imageID') };
  }
  return unknown('the pod has no such container');
}

/** Finds in a pod what a session would reach into. Takes time in proportion to the length of the pod. */
export function placeOf({ lane, container: named, pod }: PlaceQuestion): Place | Fault {
  const document = documentOf(pod);
  if (document instanceof Fault) return document;
  const { value } = document;
  const [uid, resourceVersion] = [textAt(value, 'metadata', 'uid'), textAt(value, 'metadata', 'resourceVersion')];
  if (uid === '' || resourceVersion === '') return unknown('the pod has no uid or no version');
  if (lane !== 'exec') return { uid, resourceVersion };
  const container = containerOf(value, named);
  return container instanceof Fault ? container : { uid, resourceVersion, container };
}
