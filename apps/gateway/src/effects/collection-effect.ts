// SPDX-License-Identifier: Apache-2.0
import {
  asDryRun,
  jsonMediaTypes,
  KubeError,
  parseDeleteOptions,
  parseJson,
  serializeJson,
  serializeTarget,
  type Write,
} from '@countersign/kube';
import type { Hmac } from '@countersign/mask';
import type { Decided, Negotiated } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { askAsAgent } from '../own-question.ts';
import type { EffectParts } from './ask-dry-run.ts';
import { askedAction } from './asked-action.ts';
import { mannerWords } from './describe-effect.ts';
import type { Change, Effect, HeldAnswer, ListedObject } from './effect.ts';
import { type DryRunParts, honoursDryRun } from './honours-dry-run.ts';
import { FEWER, listedObjects, mostOf, type Selection, selectionOf } from './listed-objects.ts';
import { shownWords } from './shown-text.ts';
import { takenAlong } from './taken-along.ts';
import { upstreamRefusal } from './upstream-refusal.ts';

/** Options say how something is deleted, in a few words; they are read for each object. */
const MAX_OPTIONS_BYTES = 4_096;

/** A deletecollection, as far as it has come: what the caller takes is settled late. */
export type CollectionExchange = Decided & Partial<Pick<Negotiated, 'accept'>>;

function unknown(why: string): Fault {
  return new Fault('ERR_EFFECT_UNKNOWN', why);
}

function collectionOf({ request, lane, body }: Decided): Write | Fault {
  if (request.kind !== 'resource' || lane !== 'write' || request.verb !== 'deletecollection')
    return unknown('it is no delete of a collection');
  if (!body) return { request, format: 'json', value: undefined };
  if (body.bytes.length > MAX_OPTIONS_BYTES) return unknown(`its options are longer than ${MAX_OPTIONS_BYTES} bytes`);
  try {
    return { request, format: body.format, value: parseJson(body.bytes) };
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    return new Fault('ERR_BODY_MALFORMED', cause.message, { cause });
  }
}

/** What is too much to answer later is so before people are asked, in about the same form. */
const USUAL = 'application/json';

/** What the API server makes of it as a dry run, of no more objects than may be: nothing is deleted by that. */
async function askDryRun(
  exchange: CollectionExchange,
  write: Write,
  selection: Selection,
  parts: EffectParts,
): Promise<HeldAnswer | Fault> {
  const { request, format, value } = asDryRun(write);
  const others = request.query.filter(({ name }) => !['limit', 'resourceVersion'].includes(name));
  const query = [...others, { name: 'limit', value: String(mostOf(selection)) }];
  const question = {
    purpose: 'dry-run',
    method: 'DELETE',
    target: serializeTarget({ segments: request.segments, query }),
    accept: exchange.accept ?? USUAL,
    body: { contentType: jsonMediaTypes[format], bytes: Buffer.from(serializeJson(value ?? null)) },
  } as const;
  const answer = await askAsAgent(exchange, question, parts).catch((error: unknown) => {
    // It answered more than is read.
    if (error instanceof Fault && error.code === 'ERR_POLICY_UNAVAILABLE') return undefined;
    throw error;
  });
  if (answer === undefined) return unknown(`its objects are too much to answer with; ${FEWER}`);
  return answer.status >= 200 && answer.status < 300 ? answer : upstreamRefusal(exchange, answer, parts);
}

/** What its objects are known by, each of them and no other. Keyed, as all digests that an approval is bound to. */
function digestOf(objects: readonly ListedObject[], hmac: Hmac): Uint8Array {
  const lines = objects.map(({ namespace, name, uid }) => JSON.stringify([namespace, name, uid])).sort();
  return hmac(Buffer.from(`countersign collection v1\n${lines.join('\n')}\n`));
}

function lineOf({ namespace, name, uid }: ListedObject): Change {
  return { path: shownWords(namespace === '' ? name : `${namespace}/${name}`), before: shownWords(`uid ${uid}`) };
}

function summaryOf(exchange: Decided, write: Write, objects: readonly ListedObject[]): string {
  const { labelSelector, fieldSelector } = write.request;
  const deletes = `${exchange.dryRun ? 'is tried on' : 'deletes'} ${objects.length === 1 ? 'this object' : `these ${objects.length} objects`}, and none that comes later`;
  return shownWords(
    [
      askedAction(exchange),
      deletes,
      ...takenAlong(write, undefined),
      ...mannerWords(write),
      ...(labelSelector === '' ? [] : [`of those with labels ${labelSelector}`]),
      ...(fieldSelector === '' ? [] : [`of those with fields ${fieldSelector}`]),
    ].join('; '),
  );
}

/** Why nobody is asked for what is listed; undefined where somebody may be. */
function refusalOf(write: Write, objects: readonly ListedObject[]): Fault | undefined {
  if (objects.length === 0)
    return new Fault('ERR_EFFECT_REFUSED', 'there is no such object, so nothing would be deleted', {
      as: { status: 404, reason: 'NotFound' },
    });
  const { uid } = parseDeleteOptions(write.request, write.value);
  return uid === undefined || objects.every((one) => one.uid === uid)
    ? undefined
    : new Fault('ERR_EFFECT_CHANGED', 'an object of it is not the one that its preconditions name');
}

interface Found {
  readonly objects: readonly ListedObject[];
  /** Absent until the form is settled that the caller takes. */
  readonly answer?: HeldAnswer;
}

/** Lists its objects and asks for it as a dry run, which is a request of the agent's limit for each of them. */
async function findOut(exchange: CollectionExchange, write: Write, parts: EffectParts): Promise<Found | Fault> {
  const selection = selectionOf(write.request);
  if (selection instanceof Fault) return selection;
  const list = async () => {
    const objects = await listedObjects(exchange, write.request, selection, parts);
    if (!(objects instanceof Fault)) exchange.allowance.spendRequests(objects.length);
    return objects;
  };
  if ('accept' in exchange) {
    // The dry run first: what its answer names and the list doesn't is gone by then, and nothing is named that stays.
    const answer = await askDryRun(exchange, write, selection, parts);
    if (answer instanceof Fault) return answer;
    const objects = await list();
    return objects instanceof Fault ? objects : { objects, answer };
  }
  // Before anybody is asked: what is too much for people costs no dry run, and the answer is not kept.
  const objects = await list();
  if (objects instanceof Fault) return objects;
  const answer = await askDryRun(exchange, write, selection, parts);
  if (answer instanceof Fault) return answer;
  exchange.hold.giveBack(answer.bytes.length);
  return { objects };
}

/**
 * Finds out, as the agent and on record, which objects a deletecollection is of: asks for it as a dry run, which says whether
 * the API server would do it, and lists them. Each of them is what people see and sign, by its uid; how they are now is no
 * part of it. What is more than people can look through is refused.
 * @throws Fault, TunnelError, LogError, MaskError
 */
export function collectionEffect(parts: DryRunParts): (exchange: CollectionExchange) => Promise<Effect | Fault> {
  return async (exchange) => {
    const write = collectionOf(exchange);
    if (write instanceof Fault) return write;
    const doubt = await honoursDryRun(exchange, write, parts);
    if (doubt) return doubt;
    const found = await findOut(exchange, write, parts);
    if (found instanceof Fault) return found;
    const { objects, answer } = found;
    const refusal = refusalOf(write, objects);
    if (refusal) return refusal;
    return {
      digest: digestOf(objects, parts.hmac),
      object: undefined,
      objects,
      summary: summaryOf(exchange, write, objects),
      changes: objects.map(lineOf),
      omitted: 0,
      ...(answer === undefined ? {} : { answer }),
    };
  };
}
