// SPDX-License-Identifier: Apache-2.0
import { addPreconditions, jsonMediaTypes, type SeenObject, serializeJson } from '@countersign/kube';
import type { Decided, Gathered, JudgedBody } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Effect } from './effect.ts';
import { writeOf } from './write-of.ts';

/** What is known of a body that holds nothing but how an object is to be deleted. */
const optionsAlone: Pick<JudgedBody, 'target' | 'facts' | 'finalizers' | 'written' | 'spec'> = {
  target: undefined,
  facts: undefined,
  finalizers: { kind: 'none' },
  written: { packed: new Uint8Array(), carriesValues: false, mayUncover: false, mayUnname: false },
  spec: undefined,
};

/**
 * The exchange as it goes on once it may be done: its write names the uid and the version of the object that the effect was
 * found on, so that the API server does it to that or answers 409. Nothing else of it changes. An object that was not there
 * can't be named: a create fails by itself where there is one now.
 */
export function withPreconditions(exchange: Decided, { object }: Pick<Effect, 'object'>): Decided | Fault {
  return object ? boundTo(exchange, object) : exchange;
}

/** The exchange with a write that is of the object seen and of no other: where that is gone, it is answered 409. */
export function boundTo<E extends Gathered>(exchange: E, object: SeenObject): E | Fault {
  const write = writeOf(exchange);
  if (write instanceof Fault) return write;
  const { request, format, value } = addPreconditions(write, object);
  const bytes = Buffer.from(serializeJson(value ?? null));
  const body = { ...optionsAlone, ...exchange.body, format, contentType: jsonMediaTypes[format], bytes };
  return { ...exchange, request, body };
}
