// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { jsonAt, KubeError, parseJson, type ResourceRequest, type StatusCause } from '@countersign/kube';
import type { Hmac } from '@countersign/mask';
import type { ListedObject } from '../effects/effect.ts';
import { type RefusalQuestion, refusalFrom } from '../effects/upstream-refusal.ts';
import { type Binder, boundTo } from '../effects/with-preconditions.ts';
import type { Committed, Forwarded, Used } from '../exchange.ts';
import type { Fate } from '../fate.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import type { Log } from '../log/log.ts';
import { LogError } from '../log/log-error.ts';
import { lostOutcomeRecord, outcomeRecord } from '../records/answer-records.ts';
import { fateOf } from '../respond/fate-of.ts';
import { faultOf } from '../respond/fault-of.ts';
import type { UpstreamResponse } from '../tunnel/clusters.ts';

export interface RemoveEachParts {
  /** The stages that every write goes through. */
  readonly intend: Stage<Used, Committed>;
  readonly send: Stage<Committed, Forwarded>;
  /** Whether its caller may begin something new, asked before each; the exchange by the policies in force. */
  readonly stillMay: (exchange: Committed) => Promise<Committed | Fault>;
  readonly log: Log;
  readonly bodies: Binder;
  readonly hmac: Hmac;
  readonly now: () => Date;
}

/** What the API server says of a refusal is shorter. */
const MAX_REFUSAL_BYTES = 64 * 1_024;
/** Parameters of a deletecollection that say how something is deleted, not what. */
const OPTIONS = new Set(['dryRun', 'gracePeriodSeconds', 'propagationPolicy', 'orphanDependents', 'timeout']);

type Refusal = Pick<RefusalQuestion, 'status' | 'bytes'>;

/** What became of one object; `why` where that is no delete. */
interface End {
  readonly fate: 'done' | 'gone' | Exclude<Fate, 'done in part'>;
  readonly why?: Fault;
}

type Failed = Required<End> & { readonly fate: Exclude<End['fate'], 'done' | 'gone'> };

const isFailed = (end: End): end is Failed => end.why !== undefined;

/** The delete of one object, as an exchange of its own: another id upstream and on record, and the object's own path. */
function deleteOf(exchange: Committed, collection: ResourceRequest, { name }: ListedObject): Used {
  const request: ResourceRequest = {
    ...collection,
    verb: 'delete',
    segments: [...collection.segments, name],
    query: collection.query.filter((one) => OPTIONS.has(one.name)),
    name,
    labelSelector: '',
    fieldSelector: '',
  };
  return { ...exchange, id: randomUUID(), parent: exchange.id, retryOf: undefined, request };
}

/** What of an answer says why; what breaks off says it with what has come. */
async function beginning({ body }: UpstreamResponse): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      chunks.push(chunk);
      if (size > MAX_REFUSAL_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  body.destroy();
  return Buffer.concat(chunks).subarray(0, MAX_REFUSAL_BYTES);
}

/** Whether an answer says of this object that there is none: a 404 may also be of an API, or of who stands in between. */
function saysGone({ status, bytes }: Refusal, name: string): boolean {
  if (status !== 404) return false;
  try {
    const value = parseJson(bytes);
    return jsonAt(value, 'reason') === 'NotFound' && jsonAt(value, 'details', 'name') === name;
  } catch (error) {
    if (error instanceof KubeError) return false;
    throw error;
  }
}

function endOf(exchange: Committed, result: string, refusal: Refusal, { name }: ListedObject, hmac: Hmac): End {
  if (result === 'done') return { fate: 'done' };
  // It is not there any more, by somebody else's doing: the API server passes that over too.
  if (saysGone(refusal, name)) return { fate: 'gone' };
  const { request, cluster, body } = exchange;
  // Read here, as it is short: nothing may end this one before it is told what became of the others.
  const why = refusalFrom({ request, cluster, body, ...refusal }, hmac);
  return { fate: result === 'failed' ? 'failed' : 'unknown', why };
}

/** Deletes one object: its intent is durable before it leaves, and its outcome before the next begins. */
async function removeOne(deletion: Used, object: ListedObject, parts: RemoveEachParts): Promise<End> {
  const { intend, send, log, bodies, hmac, now } = parts;
  const { uid } = object;
  const bound = await boundTo(deletion, { uid }, bodies);
  if (bound instanceof Fault) return { fate: 'not sent', why: bound };
  const { signal } = deletion.abort;
  const intended = await intend(bound);
  if (intended instanceof Fault) return { fate: 'not sent', why: intended };
  let sent: Forwarded | Fault;
  try {
    sent = await send(intended);
    if (sent instanceof Fault) throw sent;
  } catch (error) {
    const [fate, why] = [fateOf(error), faultOf(signal.aborted ? signal.reason : error)];
    await log.append([lostOutcomeRecord(intended, why, fate, now())]);
    return { fate: fate === 'done in part' ? 'unknown' : fate, why };
  }
  const bytes = await beginning(sent.response);
  const { status } = sent.response;
  const outcome = outcomeRecord({ ...sent, masker: undefined }, undefined, status < 400 ? { uid } : undefined, now());
  await log.append([outcome]);
  return endOf(intended, outcome.result, { status, bytes }, object, hmac);
}

const pathOf = ({ namespace, name }: ListedObject) => (namespace === '' ? name : `${namespace}/${name}`);

const REASONS = {
  done: 'object-deleted',
  gone: 'object-gone',
  failed: 'object-not-deleted',
  'not sent': 'object-not-deleted',
  unknown: 'object-unknown',
} as const satisfies Record<End['fate'], string>;

/** Why, in its own words: the sentence of a code is of a request of which nothing else was done. */
const wordsOf = ({ detail, message }: Fault) => (detail === '' ? message : detail);

/** What to do about it: of what nobody knows, the same request is refused for a while. */
const ADVICE = {
  failed: 'look at what is there, and send it again to ask for what is left',
  'not sent': 'look at what is there, and send it again to ask for what is left',
  unknown: 'look at what is there before anything else',
} as const satisfies Record<Failed['fate'], string>;

/** Tells of each object what became of it. Not to be sent again by itself: what is left is asked for anew. */
function stopped(objects: readonly ListedObject[], ends: readonly End[], last: Failed): Fault {
  const isDone = ends.filter(({ fate }) => fate === 'done').length;
  const causes: StatusCause[] = objects.map((object, at) => {
    const { fate: end = 'not sent', why }: Partial<End> = ends[at] ?? {};
    const reason = REASONS[end];
    return { reason, message: why === undefined ? '' : wordsOf(why), field: pathOf(object) };
  });
  const named = objects[ends.length - 1];
  const verdict = last.fate === 'unknown' ? 'nobody knows of' : 'not deleted is';
  const rest = objects.length - ends.length;
  const detail = [
    `${isDone} of ${objects.length} objects are deleted`,
    `${verdict} ${named ? pathOf(named) : 'one'}: ${wordsOf(last.why)}`,
    ...(rest === 0 ? [] : [`${rest} behind it were not tried`]),
    ADVICE[last.fate],
  ].join('; ');
  const fate = last.fate !== 'unknown' && isDone > 0 ? 'done in part' : last.fate;
  return new Fault('ERR_COLLECTION_STOPPED', detail, { causes, fate });
}

/** What keeps it from being asked is why nothing more is sent; of the log that is said of the whole. */
function faultUnlessOfLog(error: unknown): Fault {
  if (error instanceof LogError) throw error;
  return faultOf(error);
}

/**
 * Carries a write out. A countersigned deletecollection goes as one delete after the other, each of an object that people saw
 * and of no other, with an intent and an outcome of its own, as long as its caller may begin something new; it ends at the
 * first that is not done, as the API server's own does. What was not listed is never deleted. Everything else is sent as it is.
 * @throws Fault, TunnelError, LogError
 */
export function removeEach(parts: RemoveEachParts): Stage<Committed, Forwarded> {
  const run = async (exchange: Committed, removal: NonNullable<Used['removal']>): Promise<Forwarded | Fault> => {
    const { request, allowance } = exchange;
    if (request.kind !== 'resource') throw new TypeError('a collection is of a resource');
    const ends: End[] = [];
    let current = exchange;
    for (const object of removal.objects) {
      allowance.spendRequests(1);
      const asked = await parts.stillMay(current).catch(faultUnlessOfLog);
      if (!(asked instanceof Fault)) current = asked;
      const end: End =
        asked instanceof Fault
          ? { fate: 'not sent', why: asked }
          : await removeOne(deleteOf(asked, request, object), object, parts);
      ends.push(end);
      if (isFailed(end)) return stopped(removal.objects, ends, end);
    }
    const { status, headers, bytes } = removal.answer;
    return { ...exchange, response: { status, headers, body: Readable.from([bytes]) } };
  };
  return (exchange) => {
    const { removal, request, countersigned } = exchange;
    // Sent as it is, it would be of whatever is there by now.
    if (removal === undefined && countersigned !== undefined && request.verb === 'deletecollection')
      return new Fault('ERR_INTERNAL', '', { fate: 'not sent', cause: new TypeError('nobody listed its objects') });
    if (removal === undefined) return parts.send(exchange);
    return run(exchange, removal).catch((cause: unknown) => {
      // Some of it may be done: nobody is told to try it again.
      throw cause instanceof LogError ? new Fault('ERR_OUTCOME_WITHHELD', '', { cause, fate: 'unknown' }) : cause;
    });
  };
}
