// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { isJsonObject, type JsonValue, jsonAt, jsonMediaTypes, parseJson, serializeJson } from '@countersign/kube';
import type { Incoming, Reply } from '../data/incoming.ts';
import type { Admitted } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Resource } from './resource-of.ts';

/** How the requests of a plan will be sent. */
export type PlannedWay = 'create' | 'server-side-apply';

/** What a plan says of all of its objects. */
export interface PlannedManner {
  readonly way: PlannedWay;
  /** Of objects that name none. */
  readonly namespace: string;
  /** Of a server-side apply. */
  readonly fieldManager: string;
}

/** An object that is to be made or applied. */
export interface PlannedObject {
  readonly value: JsonValue;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** @throws KubeError where it can't be read */
export function plannedObject(text: string): PlannedObject | Fault {
  const value = parseJson(Buffer.from(text));
  const [apiVersion, kind] = [jsonAt(value, 'apiVersion'), jsonAt(value, 'kind')];
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isJsonObject(jsonAt(value, 'metadata')))
    return new Fault('ERR_BODY_MALFORMED', 'it has no apiVersion, kind or metadata');
  const name = jsonAt(value, 'metadata', 'name');
  return { value, apiVersion, kind, name: typeof name === 'string' ? name : '' };
}

/** Nobody waits for an answer to a request that has not been sent. */
const noReply: Reply = {
  begun: false,
  closeConnection: () => undefined,
  begin: unanswered,
  flush: unanswered,
  write: async () => unanswered(),
  end: async () => unanswered(),
  cut: () => undefined,
};

function unanswered(): never {
  throw new TypeError('a request of a plan is not answered');
}

function pathOf(
  { base, plural, isNamespaced }: Resource,
  { value }: PlannedObject,
  { namespace }: PlannedManner,
): string {
  const own = jsonAt(value, 'metadata', 'namespace');
  const where = typeof own === 'string' && own !== '' ? own : namespace;
  return isNamespaced ? `${base}/namespaces/${encodeURIComponent(where)}/${plural}` : `${base}/${plural}`;
}

/** An incoming request that nobody has sent. */
export function unsentRequest(
  { method, target, body }: { readonly method: string; readonly target: string; readonly body: Uint8Array },
  { remoteAddress, gone }: Pick<Incoming, 'remoteAddress' | 'gone'>,
): Incoming {
  return {
    protocol: 'HTTP/1.1',
    method,
    target,
    headers: [],
    remoteAddress,
    remotePort: 0,
    body: Readable.from([body], { objectMode: false }),
    hasBody: true,
    gone,
    reply: noReply,
  };
}

/** The request by which a client will make or apply an object, as an exchange of its own that is part of its plan's. */
export function exchangeFor(
  plan: Admitted,
  object: PlannedObject,
  resource: Resource,
  manner: PlannedManner,
): Admitted | Fault {
  const path = pathOf(resource, object, manner);
  const isCreate = manner.way === 'create';
  if (!isCreate && object.name === '') return new Fault('ERR_BODY_MALFORMED', 'what is applied has a name');
  const query = `?fieldManager=${encodeURIComponent(manner.fieldManager)}`;
  const target = isCreate ? path : `${path}/${encodeURIComponent(object.name)}${query}`;
  const method = isCreate ? 'POST' : 'PATCH';
  const body = Buffer.from(serializeJson(object.value));
  return {
    ...plan,
    // Its policies are asked again when the request itself comes.
    life: { ...plan.life, decided: () => undefined },
    incoming: unsentRequest({ method, target, body }, plan.incoming),
    headers: { contentType: isCreate ? jsonMediaTypes.json : jsonMediaTypes.apply },
    target,
  };
}
