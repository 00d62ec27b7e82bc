// SPDX-License-Identifier: Apache-2.0
import { jsonMediaTypes, serializeTarget, type Write } from '@countersign/kube';
import type { Hmac } from '@countersign/mask';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { askAsAgent, type QuestionParts } from '../own-question.ts';
import type { DryRun } from './dry-run-of.ts';
import type { EffectJudge } from './effect-judge.ts';
import { upstreamRefusal } from './upstream-refusal.ts';
import { isCreate } from './write-of.ts';

export interface EffectParts extends QuestionParts {
  readonly hmac: Hmac;
  readonly effects: Pick<EffectJudge, 'find'>;
}

const ACCEPT = 'application/json';
/** Subresources that can't be read: what they change is the object itself. */
const unreadable = new Set(['eviction', 'finalize']);

/** An object as it is now, asked for as the agent, as it came; undefined where there is none. */
export async function bytesAt(
  exchange: Decided,
  target: string,
  parts: EffectParts,
): Promise<Uint8Array | undefined | Fault> {
  const { status, bytes } = await askAsAgent(exchange, { purpose: 'live-object', target, accept: ACCEPT }, parts);
  if (status === 404) return undefined;
  if (status === 401 || status === 403) {
    return new Fault('ERR_EFFECT_UNKNOWN', "the cluster's own access rules (RBAC) don't let the agent read the object");
  }
  return status === 200 ? bytes : upstreamRefusal(exchange, { status, bytes }, parts);
}

/** The object that a write changes, as it is now and as it came; undefined where there is none. */
export async function bytesOfObject(
  exchange: Decided,
  write: Pick<Write, 'request'>,
  parts: EffectParts,
): Promise<Uint8Array | undefined | Fault> {
  if (isCreate(write)) return undefined;
  const { segments, subresource } = write.request;
  const path = unreadable.has(subresource) ? segments.slice(0, -1) : segments;
  return bytesAt(exchange, serializeTarget({ segments: path, query: [] }), parts);
}

/** What the API server makes of a write that is a dry run; a fault, in its own words, where it refuses it. */
export async function askDryRun(
  exchange: Decided,
  { request, format, bytes: body }: DryRun,
  parts: EffectParts,
): Promise<Uint8Array | Fault> {
  const { status, bytes } = await askAsAgent(
    exchange,
    {
      purpose: 'dry-run',
      method: request.method,
      target: serializeTarget(request),
      accept: ACCEPT,
      ...(body ? { body: { contentType: jsonMediaTypes[format], bytes: body } } : {}),
    },
    parts,
  );
  return status >= 200 && status < 300 ? bytes : upstreamRefusal(exchange, { status, bytes }, parts);
}
