// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonBodyFormat, type JsonObject, type JsonValue } from '@countersign/kube';
import { isOfReferences, textIn } from './found-facts.ts';
import { isPosition, pointerSegments } from './patch-documents.ts';

/**
 * What a patch does to objects within its object, whatever those are: nothing that its body doesn't show whole, something to
 * those that it names, or anything. Plain data.
 */
export type ManifestChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'some'; readonly root: ChangedPlace };

/** What a patch gives to what stands at one place. */
export interface ChangedPlace {
  readonly setsVersion: boolean;
  /** Any member, or something below one. */
  readonly gives: boolean;
  /** A member that says more than which object is meant, or something below such a member. */
  readonly fills: boolean;
  /** Below its members, by name. */
  readonly members: ReadonlyMap<string, ChangedPlace> | undefined;
  /** Below elements, whichever. */
  readonly elements: ChangedPlace | undefined;
}

const NONE: ManifestChange = { kind: 'none' };
const ANY: ManifestChange = { kind: 'any' };
/** More than a patch names that somebody wrote. */
const MAX_PLACES = 2_000;
/** So many members and elements of a live object are looked at, which takes a millisecond or two. */
const MAX_VISITS = 5_000;

/**
 * What the body of a write does to objects within its object. One that is written whole shows all of them itself, and
 * the kinds of groups without a dot, which are all Kubernetes' own, hold none but templates of pods.
 */
export function manifestChange(
  format: JsonBodyFormat,
  body: JsonValue,
  { group }: { readonly group: string },
): ManifestChange {
  if (format === 'json' || !group.includes('.')) return NONE;
  const places = new Places();
  const isKnown = format === 'json-patch' ? takePatch(places, body) : takeMerge(places, format, body);
  if (!isKnown) return ANY;
  const { root } = places;
  return root.members === undefined && root.elements === undefined ? NONE : { kind: 'some', root };
}

/**
 * Whether a live object may hold a manifest after a patch that is none before it, or another one: somewhere below it stands
 * the version of a type beside more than says which object is meant, and the patch gives it something. What can't be told, or
 * takes too long to find out, counts as one.
 */
export function fillsManifest(live: JsonValue, change: ManifestChange): boolean {
  if (change.kind === 'none') return false;
  return change.kind === 'any' || new LiveWalk().fillsBelow(live, change.root);
}

interface Place extends ChangedPlace {
  setsVersion: boolean;
  gives: boolean;
  fills: boolean;
  members: Map<string, Place> | undefined;
  elements: Place | undefined;
}

function newPlace(): Place {
  return { setsVersion: false, gives: false, fills: false, members: undefined, elements: undefined };
}

/** Places as they are found in a body. */
class Places {
  readonly root = newPlace();
  #count = 0;

  /** Whether there is room for what comes. */
  get hasRoom(): boolean {
    return this.#count < MAX_PLACES;
  }

  member(place: Place, name: string): Place {
    place.members ??= new Map();
    const found = place.members.get(name) ?? this.#made();
    place.members.set(name, found);
    return found;
  }

  elements(place: Place): Place {
    place.elements ??= this.#made();
    return place.elements;
  }

  #made(): Place {
    this.#count++;
    return newPlace();
  }
}

/** Takes in that a place is given a member. */
function give(place: Place, name: string): void {
  place.gives = true;
  if (name === 'apiVersion') place.setsVersion = true;
  if (!isOfReferences(name)) place.fills = true;
}

/** How a body is merged: element by element where lists may be, and with directives where it may have some. */
interface Merging {
  readonly elements: boolean;
  readonly directives: boolean;
}

const ADDED: Merging = { elements: true, directives: false };

function takeMerge(places: Places, format: JsonBodyFormat, body: JsonValue): boolean {
  const merging = { elements: format !== 'merge-patch', directives: format === 'strategic-merge-patch' };
  return isJsonObject(body) && takeObject(places, places.root, body, merging);
}

/** Metadata of the object itself holds no object. A directive may do what it doesn't show. */
function takeObject(places: Places, place: Place, object: JsonObject, merging: Merging): boolean {
  for (const [name, value] of object) {
    if ((merging.directives && name.startsWith('$')) || !places.hasRoom) return false;
    if (value === null || (place === places.root && name === 'metadata')) continue;
    give(place, name);
    const hasMore = isJsonObject(value) || isJsonArray(value);
    if (hasMore && !takeValue(places, places.member(place, name), value, merging)) return false;
  }
  return true;
}

function takeValue(places: Places, place: Place, value: JsonValue, merging: Merging): boolean {
  if (isJsonObject(value)) return takeObject(places, place, value, merging);
  // Elements that replace those that were there are shown whole.
  if (!isJsonArray(value) || !merging.elements) return true;
  return value.every((item) => places.hasRoom && takeValue(places, places.elements(place), item, merging));
}

function takePatch(places: Places, patch: JsonValue): boolean {
  return isJsonArray(patch) && patch.every((operation) => takeOperation(places, operation));
}

function takeOperation(places: Places, operation: JsonValue): boolean {
  if (!isJsonObject(operation)) return false;
  const op = textIn(operation, 'op');
  if (op === 'test' || op === 'remove') return true;
  const path = pointerSegments(operation.get('path'));
  if ((op !== 'add' && op !== 'replace') || path === undefined) return false;
  if (path[0] === 'metadata') return true;
  let place = places.root;
  for (const segment of path) {
    if (!places.hasRoom) return false;
    if (!isPosition(segment)) give(place, segment);
    place = isPosition(segment) ? places.elements(place) : places.member(place, segment);
  }
  // What an operation before it brought may be what it adds to.
  return takeValue(places, place, operation.get('value') ?? null, ADDED);
}

/** Looks at what of a live object a patch changes. What would take too long counts as filled. */
class LiveWalk {
  #visits = 0;

  fillsBelow(live: JsonValue | undefined, { members, elements }: ChangedPlace): boolean {
    for (const [name, place] of members ?? []) {
      if (this.#fills(isJsonObject(live) ? live.get(name) : undefined, place)) return true;
    }
    return elements !== undefined && this.#fillsElement(live, elements);
  }

  #fillsElement(live: JsonValue | undefined, place: ChangedPlace): boolean {
    // One that is not there yet has what the patch gives it.
    if (this.#fills(undefined, place)) return true;
    const within = isJsonArray(live) ? live : isJsonObject(live) ? live.values() : [];
    for (const item of within) if (this.#fills(item, place)) return true;
    return false;
  }

  #fills(live: JsonValue | undefined, place: ChangedPlace): boolean {
    return this.#isFilled(live, place) || this.fillsBelow(live, place);
  }

  #isFilled(live: JsonValue | undefined, { setsVersion, gives, fills }: ChangedPlace): boolean {
    if (this.#isTooMuch()) return true;
    const isTyped = setsVersion || (isJsonObject(live) && textIn(live, 'apiVersion') !== '');
    return isTyped && gives && (fills || this.#saysMore(live));
  }

  /** Whether it says more of an object than which one is meant. */
  #saysMore(live: JsonValue | undefined): boolean {
    if (!isJsonObject(live)) return false;
    for (const [name, value] of live) {
      if (this.#isTooMuch() || (value !== null && !isOfReferences(name))) return true;
    }
    return false;
  }

  #isTooMuch(): boolean {
    this.#visits++;
    return this.#visits > MAX_VISITS;
  }
}
