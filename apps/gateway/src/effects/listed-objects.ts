// SPDX-License-Identifier: Apache-2.0
import { type QueryParameter, queryValue, type ResourceRequest, serializeTarget } from '@countersign/kube';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { askAsAgent, type QuestionParts } from '../own-question.ts';
import type { EffectParts } from './ask-dry-run.ts';
import type { ListedObject } from './effect.ts';
import { upstreamRefusal } from './upstream-refusal.ts';

/** So many a person can look through; each is a delete of its own. */
const MAX_OBJECTS = 100;
/** A few at a time, so that none of the answers takes long to read. */
const PAGE_OBJECTS = 20;
/** Metadata of a page, which is read in some 3 ms. */
const MAX_PAGE_BYTES = 512 * 1_024;
/** An API server may leave pages short, or empty, of which it selects a part. */
const MAX_PAGES = 20;
const ACCEPT = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json';
/** What to do where it is too much. */
export const FEWER = 'delete fewer at a time, by a label selector or by limit';

/** Which objects of a collection a request is of. */
export interface Selection {
  readonly selectors: readonly QueryParameter[];
  /** At most so many, the first ones; undefined is all. */
  readonly limit: number | undefined;
}

function unknown(why: string): Fault {
  return new Fault('ERR_EFFECT_UNKNOWN', why);
}

/** What selects the objects of a deletecollection; a fault where that is something else than what is there now. */
export function selectionOf({ query }: ResourceRequest): Selection | Fault {
  const isThen = !['', '0'].includes(queryValue(query, 'resourceVersion') ?? '');
  const others = ['continue', 'resourceVersionMatch'].filter((name) => (queryValue(query, name) ?? '') !== '');
  if (isThen || others.length > 0)
    return unknown('it is to be of what was there before; send it without resourceVersion and continue');
  const asked = Number(queryValue(query, 'limit') ?? 0);
  return {
    selectors: query.filter(({ name }) => name === 'labelSelector' || name === 'fieldSelector'),
    limit: asked > 0 && asked <= MAX_OBJECTS ? asked : undefined,
  };
}

/** How many at most an answer may be about: one more than may be, so that it shows where there are more. */
export function mostOf({ limit = MAX_OBJECTS + 1 }: Selection): number {
  return limit;
}

interface Page {
  readonly objects: readonly ListedObject[];
  /** "" after the last one. */
  readonly next: string;
}

/** A name as the API server's own paths have it: what is none would lead to something else. */
const NAME = /^(?!\.{1,2}$)[^/%\p{Cc}]{1,253}$/u;
const UID = /^[\x21-\x7e]{1,128}$/;

function objectOf(item: unknown, { namespace: own }: ResourceRequest): ListedObject | undefined {
  const metadata = (item as { metadata?: Partial<Record<string, unknown>> } | null)?.metadata ?? {};
  const { namespace = '', name, uid } = metadata;
  const isNamed = typeof name === 'string' && NAME.test(name) && typeof uid === 'string' && UID.test(uid);
  return isNamed && namespace === own ? { namespace: own, name, uid } : undefined;
}

/** What an API server says of a page, of which all must be understood. */
export function pageIn(bytes: Uint8Array, request: ResourceRequest): Page | Fault {
  if (bytes.length > MAX_PAGE_BYTES) return unknown(`the metadata of its objects is too much to look at; ${FEWER}`);
  let list: { items?: unknown; metadata?: { continue?: unknown } } | null;
  try {
    list = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    return new Fault('ERR_EFFECT_UNKNOWN', "the API server's list could not be read", { cause });
  }
  // An empty list of Go's is null.
  const [items, next] = [list?.items === null ? [] : list?.items, list?.metadata?.continue ?? ''];
  if (!Array.isArray(items) || typeof next !== 'string') return unknown("the API server's list could not be read");
  const objects = items.map((item) => objectOf(item, request));
  return objects.every((one) => one !== undefined)
    ? { objects, next }
    : unknown('an object of it has no proper name or uid, or is in another namespace');
}

async function pageOf(
  exchange: Decided,
  request: ResourceRequest,
  query: readonly QueryParameter[],
  parts: EffectParts,
): Promise<Page | Fault> {
  const target = serializeTarget({ segments: request.segments, query });
  exchange.allowance.spendRequests(1);
  const answer = await askAsAgent(exchange, { purpose: 'live-object', target, accept: ACCEPT }, parts as QuestionParts);
  exchange.hold.giveBack(answer.bytes.length);
  if (answer.status === 401 || answer.status === 403)
    return unknown("the cluster's own access rules (RBAC) don't let the agent list the objects");
  return answer.status === 200 ? pageIn(answer.bytes, request) : upstreamRefusal(exchange, answer, parts);
}

/**
 * The objects that a deletecollection is of now, asked for as the agent and on record; at most a hundred. Each page is a
 * request of the agent's limit. In order,
 * whatever order they came in.
 * @throws Fault, TunnelError, LogError
 */
export async function listedObjects(
  exchange: Decided,
  request: ResourceRequest,
  selection: Selection,
  parts: EffectParts,
): Promise<readonly ListedObject[] | Fault> {
  const most = mostOf(selection);
  const found: ListedObject[] = [];
  let next = '';
  for (let pages = 0; pages < MAX_PAGES && found.length < most; pages += 1) {
    const limit = { name: 'limit', value: String(Math.min(PAGE_OBJECTS, most - found.length)) };
    const from = next === '' ? [] : [{ name: 'continue', value: next }];
    const page = await pageOf(exchange, request, [...selection.selectors, limit, ...from], parts);
    if (page instanceof Fault) return page;
    found.push(...page.objects);
    next = page.next;
    if (next === '') break;
  }
  const isWhole = next === '' || (found.length === most && most <= MAX_OBJECTS);
  if (!isWhole || found.length > Math.min(most, MAX_OBJECTS))
    return unknown(
      found.length < most
        ? `the API server lists its objects in more than ${MAX_PAGES} parts; ${FEWER}`
        : `it is of more than ${MAX_OBJECTS} objects; ${FEWER}`,
    );
  if (new Set(found.map(({ name }) => name)).size !== found.length) return unknown('its list names an object twice');
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}
