// SPDX-License-Identifier: Apache-2.0
import { jsonMediaTypes, namedObject, type SeenObject } from '@countersign/kube';
import { noChange } from '@countersign/policy';
import { askerOf } from '../apart/asker-of.ts';
import type { BodyJudge } from '../bodies/body-judge.ts';
import type { Decided, Gathered, JudgedBody } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Effect } from './effect.ts';
import { writtenOf } from './write-of.ts';

/** What is known of a body that holds nothing but how an object is to be deleted. */
const optionsAlone: Pick<JudgedBody, 'target' | 'facts' | 'change' | 'labels' | 'named' | 'written' | 'spec'> = {
  target: undefined,
  facts: undefined,
  change: noChange,
  labels: { kind: 'none' },
  named: {},
  written: { packed: new Uint8Array(), carriesValues: false, mayUncover: false, mayUnname: false },
  spec: undefined,
};

/** What names objects in bodies, elsewhere for long ones. */
export type Binder = Pick<BodyJudge, 'bind'>;

/**
 * The exchange as it goes on once it may be done: its write names the uid and the version of the object that the effect was
 * found on, so that the API server does it to that or answers 409. Nothing else of it changes. An object that was not there
 * can't be named: a create fails by itself where there is one now.
 */
export async function withPreconditions(
  exchange: Decided,
  { object }: Pick<Effect, 'object'>,
  bodies: Binder,
): Promise<Decided | Fault> {
  return object ? boundTo(exchange, object, bodies) : exchange;
}

/**
 * The same without an effect having been looked at. A write that names an object, or a version, keeps to that: where it is not
 * what was seen, it is refused here, as the API server would.
 */
export async function boundToSeen<E extends Gathered>(
  exchange: E,
  object: SeenObject,
  bodies: Binder,
): Promise<E | Fault> {
  const { body, request } = exchange;
  const isBare = body === undefined && request.kind === 'resource';
  const { uid = object.uid, resourceVersion = object.resourceVersion } = isBare
    ? namedObject({ request, format: 'json', value: undefined })
    : (body?.named ?? {});
  return uid === object.uid && resourceVersion === object.resourceVersion
    ? boundTo(exchange, object, bodies)
    : new Fault('ERR_EFFECT_CHANGED', 'the object is not, or no more, as the request names it');
}

/** The exchange with a write that is of the object seen and of no other: where that is gone, it is answered 409. */
export async function boundTo<E extends Gathered>(exchange: E, object: SeenObject, bodies: Binder): Promise<E | Fault> {
  const written = writtenOf(exchange);
  if (written instanceof Fault) return written;
  const { format = 'json', bytes: judged } = exchange.body ?? {};
  const bound = await bodies.bind({ ...written, format, bytes: judged, object }, askerOf(exchange));
  if (bound.kind === 'malformed') return new Fault('ERR_BODY_MALFORMED', bound.detail);
  const { bytes } = bound;
  const own = { format: bound.format, contentType: jsonMediaTypes[bound.format], bytes };
  return { ...exchange, request: bound.request, body: { ...optionsAlone, ...exchange.body, ...own } };
}
