// SPDX-License-Identifier: Apache-2.0
import { KubeError, parseJson, type Write } from '@countersign/kube';
import type { Gathered, JudgedBody } from '../exchange.ts';
import { Fault } from '../faults.ts';

/**
 * Subresources whose dry run the API server honours and whose result can be told from what it was before. Not `token` and
 * `binding`, which change nothing that can be looked at, nor `approval`, which has the time in it.
 */
const shown = new Set(['', 'status', 'scale', 'finalize', 'ephemeralcontainers', 'resize', 'eviction']);
const verbs = new Set(['create', 'update', 'patch', 'delete']);

/** An exchange as far as it is a write. */
export interface Written extends Pick<Gathered, 'request' | 'lane'> {
  readonly body: Pick<JudgedBody, 'format' | 'bytes'> | undefined;
}

/** What an exchange writes to, without what it writes; a fault where the effect of such a write can't be shown. */
export function writtenOf({ request, lane }: Pick<Written, 'request' | 'lane'>): Pick<Write, 'request'> | Fault {
  if (request.kind !== 'resource' || lane !== 'write') return unknown('it is no write of an object');
  if (request.verb === 'deletecollection') return unknown('it names no objects, and is asked for by itself');
  if (!verbs.has(request.verb) || !shown.has(request.subresource))
    return unknown(`a dry run does not tell what a write of ${request.subresource} does`);
  return { request };
}

/** The write that an exchange is, read whole; a fault where its effect can't be shown. */
export function writeOf(exchange: Written): Write | Fault {
  const { body } = exchange;
  const written = writtenOf(exchange);
  if (written instanceof Fault) return written;
  const { request } = written;
  if (!body) return { request, format: 'json', value: undefined };
  try {
    return { request, format: body.format, value: parseJson(body.bytes) };
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    return new Fault('ERR_BODY_MALFORMED', cause.message, { cause });
  }
}

function unknown(why: string): Fault {
  return new Fault('ERR_EFFECT_UNKNOWN', why);
}

/** Whether the object goes, whatever the answer shows of it. */
export function isRemoval({ request }: Write): boolean {
  return request.verb === 'delete' || request.subresource === 'eviction';
}

/** Whether it is about an object that there is none of yet. */
export function isCreate({ request }: Pick<Write, 'request'>): boolean {
  return request.verb === 'create' && request.subresource !== 'eviction';
}

/** Whether it may make an object: a create does, and an apply of what isn't there. */
export function mayMake(write: Write): boolean {
  return isCreate(write) || write.format === 'apply';
}
