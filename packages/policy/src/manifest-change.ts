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
  readonly setsKind: boolean;
  /** A member that says more than which object is meant, or something below such a member. */
  readonly fills: boolean;
  /** Below its members, by name. */
  readonly members: ReadonlyMap<string, ChangedPlace>;
  /** Below elements, whichever. */
  readonly elements: ChangedPlace | undefined;
}

const NONE: ManifestChange = { kind: 'none' };
const ANY: ManifestChange = { kind: 'any' };
/** More than a patch names that somebody wrote. */
const MAX_PLACES = 2_000;
/** So many places of a live object are looked at, which takes some milliseconds. */
const MAX_VISITS = 100_000;

/**
 * What the body of a write does to objects within its object. One that is written whole shows all of them itself, and
 * Kubernetes' own kinds, whose groups have no dot, hold none but templates of pods.
 */
export function manifestChange(
  format: JsonBodyFormat,
  body: JsonValue,
  { group }: { readonly group: string },
): ManifestChange {
  if (format === 'json' || !group.includes('.')) return NONE;
  const places = new Places();
  const isKnown = format === 'json-patch' ? takePatch(places, body) : takeMerge(places, format, body);
  return isKnown ? { kind: 'some', root: places.root } : ANY;
}

/**
 * Whether a live object may hold a manifest after a patch that is none before it, or another one: somewhere below it stands
 * the version of a type beside more than says which object is meant, and the patch changes one of both.
 */
export function fillsManifest(live: JsonValue, change: ManifestChange): boolean {
  if (change.kind === 'none') return false;
  return change.kind === 'any' ? holdsVersion(live) : new LiveWalk().fillsBelow(live, change.root);
}

interface Place extends ChangedPlace {
  setsVersion: boolean;
  setsKind: boolean;
  fills: boolean;
  readonly members: Map<string, Place>;
  elements: Place | undefined;
}

function newPlace(): Place {
  return { setsVersion: false, setsKind: false, fills: false, members: new Map(), elements: undefined };
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
  if (name === 'apiVersion') place.setsVersion = true;
  if (name === 'kind') place.setsKind = true;
  if (!isOfReferences(name)) place.fills = true;
}

function takeMerge(places: Places, format: JsonBodyFormat, body: JsonValue): boolean {
  return isJsonObject(body) && takeObject(places, places.root, body, format !== 'merge-patch');
}

/** Metadata of the object itself holds no object. A directive may do what it doesn't show. */
function takeObject(places: Places, place: Place, object: JsonObject, mergesElements: boolean): boolean {
  for (const [name, value] of object) {
    if (name.startsWith('$') || !places.hasRoom) return false;
    if (value === null || (place === places.root && name === 'metadata')) continue;
    give(place, name);
    const hasMore = isJsonObject(value) || isJsonArray(value);
    if (hasMore && !takeValue(places, places.member(place, name), value, mergesElements)) return false;
  }
  return true;
}

function takeValue(places: Places, place: Place, value: JsonValue, mergesElements: boolean): boolean {
  if (isJsonObject(value)) return takeObject(places, place, value, mergesElements);
  // Elements that replace those that were there are shown whole.
  if (!isJsonArray(value) || !mergesElements) return true;
  return value.every((item) => places.hasRoom && takeValue(places, places.elements(place), item, true));
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
  return takeValue(places, place, operation.get('value') ?? null, true);
}

function holdsVersion(live: JsonValue): boolean {
  const isWithin = ([name]: [string, JsonValue]) => name !== 'metadata';
  const stack = isJsonObject(live) ? [...live].filter(isWithin).map(([, value]) => value) : [];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (isJsonObject(value) && textIn(value, 'apiVersion') !== '') return true;
    if (isJsonArray(value)) for (const item of value) stack.push(item);
    if (isJsonObject(value)) for (const item of value.values()) stack.push(item);
  }
  return false;
}

/** Looks at what of a live object a patch changes. What would take too long counts as filled. */
class LiveWalk {
  #visits = 0;

  fillsBelow(live: JsonValue | undefined, { members, elements }: ChangedPlace): boolean {
    for (const [name, place] of members) {
      if (this.#fills(isJsonObject(live) ? live.get(name) : undefined, place)) return true;
    }
    if (elements === undefined) return false;
    const within = isJsonArray(live) ? live : isJsonObject(live) ? [...live.values()] : [];
    // One that is not there yet has what the patch gives it.
    return [undefined, ...within].some((item) => this.#fills(item, elements));
  }

  #fills(live: JsonValue | undefined, place: ChangedPlace): boolean {
    this.#visits++;
    return this.#visits > MAX_VISITS || isFilled(live, place) || this.fillsBelow(live, place);
  }
}

function isFilled(live: JsonValue | undefined, { setsVersion, setsKind, fills }: ChangedPlace): boolean {
  const there: JsonObject = isJsonObject(live) ? live : new Map();
  const isTyped = setsVersion || textIn(there, 'apiVersion') !== '';
  const saysMore = fills || [...there].some(([name, value]) => value !== null && !isOfReferences(name));
  return isTyped && saysMore && (setsVersion || setsKind || fills);
}
